import type { AwsNetwork } from '../ports/awsNetwork.js';
import type { DatabaseAddress, DatabaseAddresses } from '../ports/databaseAddress.js';
import { createRdsToken } from '../upstream/rdsToken.js';

/** The addresses with a source of passwords, if they sign in with IAM. */
export function withSignIn(
  { record, direct }: DatabaseAddresses,
  network: AwsNetwork | null,
): DatabaseAddresses {
  const signedIn = withToken(record, network);
  return { record: signedIn, direct: direct === record ? signedIn : withToken(direct, network) };
}

function withToken(address: DatabaseAddress, network: AwsNetwork | null): DatabaseAddress {
  const { iamRegions: regions, user: username = '' } = address;
  return regions === undefined
    ? address
    : { ...address, password: createRdsToken({ username, regions }, network) };
}
