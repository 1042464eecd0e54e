import type { AwsNetwork } from '../ports/awsNetwork.js';
import type { DatabaseHost } from '../ports/databaseAddress.js';
import { credentialsOfChain } from './credentialChain.js';
import { createRequestHandler } from './requestHandler.js';

/** A user of a database of Amazon RDS or Aurora. */
export interface RdsUser {
  readonly username: string;
  /** The region of each host. */
  readonly regions: ReadonlyMap<string, string>;
}

/**
 * The source of passwords for IAM sign-in: each call resolves with a new token, which that server takes for 15 minutes. The credentials
 * are those of the SDK's default chain. The signer is loaded at the first call.
 *
 * @throws Error from a call with a host that has no region.
 */
export function createRdsToken(
  { username, regions }: RdsUser,
  network: AwsNetwork | null,
): (server: DatabaseHost) => Promise<string> {
  const { handler: requestHandler } = createRequestHandler({ network });
  return async ({ host: hostname, port }) => {
    const region = regions.get(hostname);
    if (region === undefined) {
      throw new Error(`no region of the host ${hostname}`);
    }
    const { Signer } = await import('@aws-sdk/rds-signer');
    const credentials = () => credentialsOfChain({ region, requestHandler }, null);
    return new Signer({ region, hostname, port, username, credentials }).getAuthToken();
  };
}
