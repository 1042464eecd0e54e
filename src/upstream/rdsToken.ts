import type { AwsNetwork } from '../ports/awsNetwork.js';
import { credentialsOfChain } from './credentialChain.js';
import { createRequestHandler } from './requestHandler.js';

/** The user of a database of Amazon RDS or Aurora, and its place. */
export interface RdsUser {
  readonly region: string;
  readonly hostname: string;
  readonly port: number;
  readonly username: string;
}

/**
 * The source of passwords for IAM sign-in: each call resolves with a new token, which is valid for 15 minutes. The credentials are those
 * of the SDK's default chain. The signer is loaded at the first call.
 */
export function createRdsToken(user: RdsUser, network: AwsNetwork | null): () => Promise<string> {
  const { handler: requestHandler } = createRequestHandler({ network });
  return async () => {
    const { Signer } = await import('@aws-sdk/rds-signer');
    const credentials = () => credentialsOfChain({ region: user.region, requestHandler }, null);
    return new Signer({ ...user, credentials }).getAuthToken();
  };
}
