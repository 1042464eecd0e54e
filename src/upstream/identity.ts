import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { GatewayError } from '../errors.js';
import type { AwsNetwork } from '../ports/awsNetwork.js';
import { customEndpoint } from './customEndpoint.js';
import { ambient, shared, type KeyPair } from './credentials.js';
import { translateError } from './errors.js';
import { createRequestHandler } from './requestHandler.js';

/** How STS is reached; see UpstreamOptions. */
export interface IdentityOptions {
  readonly region: string;
  readonly endpoint: string | null;
  readonly credentials: KeyPair | null;
  readonly network?: AwsNetwork | null;
  /** In milliseconds; by default 30 seconds. */
  readonly requestTimeoutMs?: number;
}

/**
 * The id of the AWS account that the ambient credentials belong to, 12 digits, by STS GetCallerIdentity, which needs no
 * permission.
 *
 * @throws GatewayError `BAD_CONFIGURATION` when there are no credentials or STS refuses them; `UNAVAILABLE` when STS does
 *   not answer.
 */
export async function whoAmI(options: IdentityOptions): Promise<string> {
  const { region, endpoint } = options;
  const requestHandler = createRequestHandler(options);
  const client = new STSClient({
    region,
    credentials: shared(ambient(options.credentials)),
    requestHandler: requestHandler.handler,
    ...customEndpoint(endpoint),
  });
  try {
    const { Account } = await client.send(new GetCallerIdentityCommand({}));
    if (Account === undefined) {
      throw new Error('GetCallerIdentity answered without an account.');
    }
    return Account;
  } catch (cause) {
    const { kind, errorCode, errorMessage } = translateError(cause);
    throw new GatewayError(
      kind === 'REFUSED' ? 'BAD_CONFIGURATION' : 'UNAVAILABLE',
      `Expected STS GetCallerIdentity in ${region} to name the AWS account of the gateway's credentials; got ${errorCode}: ${errorMessage}`,
      { cause },
    );
  } finally {
    requestHandler.destroy();
  }
}
