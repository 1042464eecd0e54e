import { GatewayError } from '../errors.js';
import type { Administrator } from '../membership.js';
import type { AwsNetwork } from '../ports/awsNetwork.js';
import { CredentialFailure, WrongAccount } from './credentialFailure.js';
import { credentialsByAdministrator, ownCredentials } from './credentials.js';
import type { CredentialSources, KeyPair } from './credentialSources.js';
import { translateError } from './errors.js';
import { createRequestHandler } from './requestHandler.js';
import { accountOf, askInRegions } from './sts.js';

/** How STS is reached; see UpstreamOptions. */
export interface IdentityOptions {
  readonly endpoint: string | null;
  readonly credentials: KeyPair | null;
  readonly network?: AwsNetwork | null;
  /** In milliseconds; by default 30 seconds. */
  readonly requestTimeoutMs?: number;
  /** Longest time to get credentials, in milliseconds; by default 10 seconds. */
  readonly credentialsLimitMs?: number;
}

/**
 * The id of the AWS account that the ambient credentials belong to, 12 digits, by STS GetCallerIdentity in the first of these
 * regions that answers.
 *
 * @throws GatewayError `BAD_CONFIGURATION` when STS refuses the credentials; `UNAVAILABLE` when there are none or STS does not
 *   answer.
 */
export async function whoAmI(
  options: IdentityOptions & { readonly regions: readonly string[] },
): Promise<string> {
  const { regions } = options;
  return withSources(options, async (sources) => {
    try {
      const credentials = await ownCredentials(regions, sources).get(regions[0] ?? '');
      return await askInRegions(regions, (region) => accountOf(credentials, region, sources));
    } catch (cause) {
      const failure = cause instanceof CredentialFailure ? cause : new CredentialFailure('', { cause });
      const { kind, errorCode, errorMessage } = translateError(failure);
      throw new GatewayError(
        kind === 'REFUSED' ? 'BAD_CONFIGURATION' : 'UNAVAILABLE',
        `Expected STS GetCallerIdentity in ${regions.join(' or ')} to name the AWS account of the gateway's credentials; got ${errorCode}: ${errorMessage.replace(/^No credentials: /, '')}`,
        { cause },
      );
    }
  });
}

/** What STS says of the administrators. */
export interface AccountCheck {
  /** Administrators whose credentials are another account's: faults of the configuration, by id. */
  readonly faults: ReadonlyMap<string, string>;
  /** Administrators that STS did not name, with the reason. */
  readonly unknown: readonly string[];
}

/** Asks STS for the account of each administrator, and compares it with the configured one. */
export async function checkAccounts(
  administrators: readonly Administrator[],
  options: IdentityOptions,
): Promise<AccountCheck> {
  const faults = new Map<string, string>();
  const unknown: string[] = [];
  await withSources(options, async (sources) => {
    const credentials = credentialsByAdministrator(administrators, sources);
    await Promise.all(
      administrators.map(async ({ id, regions }) => {
        try {
          await credentials.get(id)?.get(regions[0] ?? '');
        } catch (error) {
          const wrong = wrongAccountIn(error);
          if (wrong === null) {
            unknown.push(`administrator ${id}: ${translateError(error).errorMessage}`);
          } else {
            faults.set(id, `${wrong.message}; give it a roleArn or a profile of its account`);
          }
        }
      }),
    );
  });
  return { faults, unknown: unknown.sort() };
}

/** The fault of another account among the causes of an error; null without one. */
function wrongAccountIn(error: unknown): WrongAccount | null {
  if (error instanceof WrongAccount) {
    return error;
  }
  return error instanceof Error && error.cause !== undefined ? wrongAccountIn(error.cause) : null;
}

async function withSources<Result>(
  options: IdentityOptions,
  use: (sources: CredentialSources) => Promise<Result>,
): Promise<Result> {
  const { credentials, endpoint, credentialsLimitMs } = options;
  const requestHandler = createRequestHandler(options);
  try {
    return await use({
      credentials,
      endpoint,
      region: options.network?.region ?? null,
      checkAccounts: true,
      limitMs: credentialsLimitMs,
      requestHandler: requestHandler.handler,
    });
  } finally {
    requestHandler.destroy();
  }
}
