import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Administrator } from '../membership.js';
import { RegionFailures, WrongAccount } from './credentialFailure.js';
import type { Credentials, CredentialSources } from './credentialSources.js';
import { customEndpoint } from './customEndpoint.js';
import { sendOnce } from './sendOnce.js';

/** The actor that CloudTrail shows. 2 to 64 characters of `[\w+=,.@-]` (UPSTREAMS.md, "What the SDK does"). */
export const ROLE_SESSION_NAME = 'membership-gateway';

/**
 * The first answer of a region, asked one after the other: STS may be off in a region, refused there, or not reachable.
 * Credentials that one region gives serve all.
 *
 * @param mayDiffer whether another region may answer something else.
 * @throws RegionFailures when no region answers; the error itself when no other region would answer otherwise.
 */
export async function askInRegions<Answer>(
  regions: readonly string[],
  ask: (region: string) => Promise<Answer>,
  mayDiffer: (error: unknown) => boolean = (error) => !(error instanceof WrongAccount),
): Promise<Answer> {
  const failures: { region: string; error: unknown }[] = [];
  for (const region of new Set(regions)) {
    try {
      return await ask(region);
    } catch (error) {
      if (!mayDiffer(error)) {
        throw error;
      }
      failures.push({ region, error });
    }
  }
  throw new RegionFailures(failures);
}

/** The AWS account of credentials, 12 digits, by GetCallerIdentity, which needs no permission. */
export async function accountOf(
  credentials: Credentials,
  region: string,
  sources: CredentialSources,
): Promise<string> {
  const { Account } = await stsClient(credentials, region, sources).send(new GetCallerIdentityCommand({}));
  if (Account === undefined) {
    throw new Error('GetCallerIdentity answered without an account.');
  }
  return Account;
}

/**
 * Credentials of an administrator's role.
 *
 * @throws WrongAccount when the session is another account's and `sources.checkAccounts` is on.
 */
export async function assumeRole(
  { accountId, externalId, roleArn }: Administrator & { readonly roleArn: string },
  own: Credentials,
  region: string,
  sources: CredentialSources,
): Promise<Credentials> {
  const { Credentials: session, AssumedRoleUser } = await stsClient(own, region, sources).send(
    new AssumeRoleCommand({
      RoleArn: roleArn,
      RoleSessionName: ROLE_SESSION_NAME,
      ...(externalId === null ? {} : { ExternalId: externalId }),
    }),
  );
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = session ?? {};
  if (AccessKeyId === undefined || SecretAccessKey === undefined) {
    throw new Error('AssumeRole answered without credentials.');
  }
  const account = AssumedRoleUser?.Arn?.split(':')[4];
  if (sources.checkAccounts && account !== undefined && account !== accountId) {
    throw new WrongAccount(accountId, account);
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(SessionToken === undefined ? {} : { sessionToken: SessionToken }),
    ...(Expiration === undefined ? {} : { expiration: Expiration }),
  };
}

function stsClient(
  credentials: Credentials,
  region: string,
  { endpoint, requestHandler }: CredentialSources,
): STSClient {
  return new STSClient({
    region,
    credentials,
    requestHandler,
    retryStrategy: sendOnce,
    ...customEndpoint(endpoint),
  });
}
