import { GuardDutyClient, ListDetectorsCommand } from '@aws-sdk/client-guardduty';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { STSClient } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { onTestFinished } from 'vitest';
import type { LoggedCall, Mail } from '../../sandbox/calls/callLog.js';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/sandbox.js';

export const ACCOUNT = '111122223333';
const REGION = 'us-east-1';

/** A call in the control API. */
export type SeenCall = Omit<LoggedCall, 'accountIds' | 'unprocessedAccountIds'> & {
  accountIds: string[];
  unprocessedAccountIds: string[];
};

/** A running sandbox without rates. The end of the test stops it. */
export async function startSandbox(options: SandboxOptions = {}) {
  const sandbox = createSandbox({ rates: { guardduty: null, securityhub: null }, ...options });
  await sandbox.listen();
  onTestFinished(() => sandbox.stop());
  return { ...connect(sandbox), sandbox };
}

/** Real SDK clients for a sandbox. Without `maxAttempts` a failing call is not tried again. */
export function connect({ url }: Pick<Sandbox, 'url'>) {
  const config = ({
    account = ACCOUNT,
    region = REGION,
    maxAttempts = 1,
    requestTimeout = 5_000,
    ...more
  }: ClientOptions = {}) => ({
    endpoint: url,
    region,
    credentials: { accessKeyId: `AKIASANDBOX${account}`, secretAccessKey: 'sandbox-secret' },
    maxAttempts,
    requestHandler: new NodeHttpHandler({ requestTimeout, throwOnRequestTimeout: true }),
    ...more,
  });
  return {
    guardDuty: (options?: ClientOptions) => new GuardDutyClient(config(options)),
    securityHub: (options?: ClientOptions) => new SecurityHubClient(config(options)),
    sts: (options?: ClientOptions) => new STSClient(config(options)),
    control: createControlClient(url),
  };
}

export interface ClientOptions {
  account?: string;
  region?: string;
  maxAttempts?: number;
  /** Milliseconds; 5000 by default. Short for a call that gets no answer. */
  requestTimeout?: number;
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  systemClockOffset?: number;
}

export async function detectorOf(client: GuardDutyClient): Promise<string> {
  const { DetectorIds } = await client.send(new ListDetectorsCommand({}));
  return DetectorIds![0]!;
}

/** The items of all pages. */
export async function collect<Page, Item>(
  pages: AsyncIterable<Page>,
  itemsOf: (page: Page) => readonly Item[],
): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of pages) {
    items.push(...itemsOf(page));
  }
  return items;
}

/** `count` ordinary account ids, the first one `first`. */
export const accountIds = (count: number, first = 200_000_000_000): string[] =>
  Array.from({ length: count }, (_, i) => String(first + i));

export const email = (accountId: string): string => `owner-${accountId}@example.com`;

/** The facts about a refused call that a classifier may use. */
export async function refusalOf(call: Promise<unknown>) {
  const error = await call.then(
    () => Promise.reject(new Error('expected the call to be refused')),
    (error: unknown) => error as Error & { $metadata?: { httpStatusCode?: number; attempts?: number } },
  );
  return { name: error.name, status: error.$metadata?.httpStatusCode, message: error.message, error };
}

function createControlClient(url: string) {
  const request = async (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${url}/_sandbox/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const read = async <Answer>(path: string): Promise<Answer> =>
    (await request('GET', path)).json() as Promise<Answer>;
  return {
    request,
    calls: async (query = '') => (await read<{ calls: SeenCall[] }>(`log?${query}`)).calls,
    mails: async (query = '') => (await read<{ mails: Mail[] }>(`mails?${query}`)).mails,
    read,
    async change(method: 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<void> {
      const response = await request(method, path, body);
      if (!response.ok) {
        throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      }
    },
  };
}
