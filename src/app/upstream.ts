import type { Config } from '../config/loadConfig.js';
import type { Administrator } from '../membership.js';
import type { AwsNetwork } from '../ports/awsNetwork.js';
import type { Metrics } from '../ports/metrics.js';
import type { Upstream } from '../ports/upstream.js';
import { isThrottled } from '../services/answers/refusals.js';
import type { KeyPair } from '../upstream/credentialSources.js';
import { createUpstream } from '../upstream/upstream.js';
import type { GatewayProcess } from './gatewayProcess.js';

/** The sandbox accepts any key, and reads the administrator's account id from its name. */
const SANDBOX_CREDENTIALS: KeyPair = {
  accessKeyId: 'AKIASANDBOX111122223333',
  secretAccessKey: 'sandbox-secret',
};

/** Where calls go, and the credentials that sign them. */
export interface UpstreamAccess {
  /** Null: the SDK chooses AWS's own endpoints. */
  readonly endpoint: string | null;
  /** Null: the SDK finds the ambient credentials. */
  readonly credentials: KeyPair | null;
  /** Null: directly, as to the sandbox. */
  readonly network: AwsNetwork | null;
  /** Whether STS must name the account of each administrator: not in the sandbox, where one key may act as many. */
  readonly checkAccounts: boolean;
}

export function upstreamAccess(config: Config, sandboxUrl: string | null): UpstreamAccess {
  return {
    endpoint: config.endpoint ?? sandboxUrl,
    credentials: config.upstream === 'sandbox' ? SANDBOX_CREDENTIALS : null,
    network: config.awsNetwork,
    checkAccounts: config.upstream === 'aws',
  };
}

/** The clients of GuardDuty and Security Hub. Metrics count every call. */
export function openUpstream(
  access: UpstreamAccess,
  administrators: readonly Administrator[],
  metrics: Metrics,
  { log, closers }: GatewayProcess,
): Upstream {
  const upstream = createUpstream({
    ...access,
    administrators,
    log,
    onExchange({ answer, ...exchange }) {
      metrics.awsCallEnded({ ...exchange, kind: answer.kind, throttled: isThrottled(answer) });
    },
  });
  closers.add('connections to AWS', () => {
    upstream.close();
  });
  return upstream;
}
