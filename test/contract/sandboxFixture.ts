import { createSandbox, type SandboxOptions } from '../../sandbox/sandbox.js';
import type { Fault } from '../../sandbox/faults/fault.js';
import type { OperationName } from '../../sandbox/operations.js';
import type { Service } from '../../sandbox/scope.js';
import { createLog } from '../../src/log.js';
import type { Administrator } from '../../src/membership.js';
import type { Upstream } from '../../src/ports/upstream.js';
import { createUpstream, type UpstreamOptions } from '../../src/upstream/upstream.js';

/** A call in the sandbox's log. */
export interface WireCall {
  readonly account: string | null;
  readonly service: string | null;
  readonly region: string | null;
  readonly operation: string | null;
  readonly accountIds: readonly string[];
  readonly httpStatus: number | null;
  readonly requestId: string;
}

/** A sandbox on its own port, with access to its log and control API. */
export interface SandboxFixture {
  readonly url: string;
  /** Upstreams with the keys of the account. Stopping the fixture closes them. */
  upstream(options: Partial<UpstreamOptions> & Pick<UpstreamOptions, 'administrators'>): Upstream;
  /** Every request since the last reset. */
  calls(): Promise<readonly WireCall[]>;
  /** Sets a fault for every call of an operation. */
  strike(service: Service | 'sts', operation: OperationName, fault: Fault): Promise<void>;
  /** Another request of the control API. */
  control(method: string, path: string, body?: unknown): Promise<unknown>;
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** The account that signs the calls. */
export const OWN_ACCOUNT = '012345678901';

/** Returns the keys of an account in the sandbox. */
export const keysOf = (accountId: string) => ({
  accessKeyId: `AKIASANDBOX${accountId}`,
  secretAccessKey: 'sandbox-secret',
});

/** Returns an administrator, by default with the ambient credentials. */
export const administrator = (changes: Partial<Administrator> = {}): Administrator => ({
  id: 'security',
  accountId: OWN_ACCOUNT,
  roleArn: null,
  externalId: null,
  profile: null,
  services: ['GUARDDUTY', 'SECURITY_HUB'],
  regions: ['eu-west-1'],
  detectorIds: {},
  ...changes,
});

/** Starts a sandbox on a free port. */
export async function startSandboxFixture(options: SandboxOptions = {}): Promise<SandboxFixture> {
  const sandbox = createSandbox(options);
  await sandbox.listen();
  const upstreams: Upstream[] = [];

  async function control(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${sandbox.url}/_sandbox/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) {
      throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    }
    return answer;
  }

  return {
    url: sandbox.url,
    upstream(settings) {
      const upstream = createUpstream({
        endpoint: sandbox.url,
        credentials: keysOf(OWN_ACCOUNT),
        log: createLog('silent'),
        ...settings,
      });
      upstreams.push(upstream);
      return upstream;
    },
    calls: async () => ((await control('GET', 'log')) as { calls: WireCall[] }).calls,
    async strike(service, operation, fault) {
      await control('PUT', 'faults', [{ match: { service, operation }, fault, ms: 0 }]);
    },
    control,
    async reset() {
      await control('POST', 'reset');
    },
    async stop() {
      for (const upstream of upstreams) {
        upstream.close();
      }
      await sandbox.stop();
    },
  };
}
