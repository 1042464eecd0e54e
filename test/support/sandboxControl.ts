import { createSandbox, type SandboxOptions } from '../../sandbox/sandbox.js';

/** A call as the sandbox's log has it. */
export interface LoggedCall {
  sequence: number;
  receivedAt: number;
  answeredAt: number | null;
  service: string;
  region: string;
  operation: string;
  accountIds: string[];
  httpStatus: number | null;
  requestId: string;
  /** `applied`, `refused`, `dropped-before` or `dropped-after`. */
  outcome: string;
  unprocessedAccountIds: string[];
  inFlightAtStart: number;
}

/** An invitation the sandbox took. */
export interface LoggedMail {
  service: string;
  region: string;
  accountId: string;
  message: string | null;
  emailDisabled: boolean;
}

/** A member as the control API takes it. */
export interface SeededMember {
  accountId: string;
  status: string;
  email?: string;
  invitedAt?: string;
  updatedAt?: string;
}

/** A running sandbox and its control API. */
export interface TestSandbox {
  url: string;
  /** Calls of this operation, in the order they came. */
  calls(operation: string): Promise<LoggedCall[]>;
  /** All calls of every operation, likewise. */
  log(): Promise<LoggedCall[]>;
  mails(): Promise<LoggedMail[]>;
  /** The members of one administrator in one region at one service. */
  members(
    account: string,
    region: string,
    service: 'guardduty' | 'securityhub',
  ): Promise<{ accountId: string; status: string }[]>;
  clearLog(): Promise<void>;
  /** Puts members in place as they are. */
  seed(where: { account: string; region: string; service: string }, members: SeededMember[]): Promise<void>;
  put(
    path: 'faults' | 'latency' | 'rates' | 'settings' | 'detectors' | 'organization',
    body: unknown,
  ): Promise<void>;
  stop(): Promise<void>;
}

/** Rates off: what a test asks for is done as fast as it goes. */
const NO_RATES = { guardduty: null, securityhub: null };

/** Starts a sandbox on a free port; what it does is asked and told over its HTTP control API. */
export async function startSandbox(options: SandboxOptions = {}): Promise<TestSandbox> {
  const sandbox = createSandbox({ rates: NO_RATES, ...options });
  await sandbox.listen();
  return { ...controlSandbox(sandbox.url), stop: () => sandbox.stop() };
}

/** The control API of a sandbox that runs somewhere. */
function controlSandbox(url: string): Omit<TestSandbox, 'stop'> {
  const request = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/_sandbox/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) {
      throw new Error(`${method} ${path}: ${await response.text()}`);
    }
    return response.json();
  };
  return {
    url,
    calls: async (operation) =>
      ((await request('GET', `log?operation=${operation}`)) as { calls: LoggedCall[] }).calls,
    log: async () => ((await request('GET', 'log')) as { calls: LoggedCall[] }).calls,
    members: async (account, region, service) =>
      (
        (await request('GET', `members?account=${account}&region=${region}&service=${service}`)) as {
          members: { accountId: string; status: string }[];
        }
      ).members,
    mails: async () => ((await request('GET', 'mails')) as { mails: LoggedMail[] }).mails,
    async clearLog() {
      await request('DELETE', 'log');
    },
    async seed(where, members) {
      await request('POST', 'members', { ...where, members });
    },
    async put(path, body) {
      await request('PUT', path, body);
    },
  };
}
