import type { Administrator } from '../membership.js';
import { credentialsOfChain } from './credentialChain.js';
import { WrongAccount } from './credentialFailure.js';
import type { Credentials, CredentialSources } from './credentialSources.js';
import { isFromProvider, isOfCredentials } from './errors.js';
import { shareCredentials, type SharedCredentials } from './sharedCredentials.js';
import { accountOf, askInRegions, assumeRole } from './sts.js';

/** Age at which a source of credentials is asked again without an answer, in milliseconds. Ours. */
const HANGING_MS = 60_000;

/**
 * The credentials of every administrator, by id. Administrators without a role share those of their profile or, without a
 * profile, those of the process.
 */
export function credentialsByAdministrator(
  administrators: readonly Administrator[],
  sources: CredentialSources,
): ReadonlyMap<string, SharedCredentials> {
  const profiles = Map.groupBy(administrators, ({ profile }) => profile);
  return new Map(
    [...profiles].flatMap(([profile, users]) => {
      const regions = users.flatMap((user) => user.regions);
      const own = ownCredentials(regions, sources, profile);
      return users.map((user) => [user.id, credentialsOf(user, own, sources)] as const);
    }),
  );
}

/**
 * The credentials of the process itself, or of a profile of the AWS configuration files. Web identity and the role of a profile
 * ask STS in these regions, one after the other; without a profile, in AWS_REGION first. A profile may be of another partition.
 */
export function ownCredentials(
  regions: readonly string[],
  sources: CredentialSources,
  profile: string | null = null,
): SharedCredentials {
  const { credentials, region, requestHandler, limitMs } = sources;
  if (credentials !== null) {
    return shareCredentials(() => Promise.resolve(credentials));
  }
  const stsRegions = region === null || profile !== null ? regions : [region, ...regions];
  const chainIn = (stsRegion: string): Promise<Credentials> =>
    credentialsOfChain({ region: stsRegion, requestHandler }, profile);
  const ask = oneAtATime(() => askInRegions(stsRegions, chainIn, (error) => !isFromProvider(error)));
  return shareCredentials(ask, { limitMs });
}

/**
 * Asks again only when the attempt before has ended, or is a minute old: the SDK ends neither a process that prints credentials nor a
 * request to an endpoint, so each attempt at one that hangs would leave another one behind.
 */
function oneAtATime(ask: () => Promise<Credentials>): () => Promise<Credentials> {
  let last: { readonly answer: Promise<Credentials>; readonly at: number } | null = null;
  return async () => {
    if (last === null || performance.now() - last.at > HANGING_MS) {
      last = { answer: ask(), at: performance.now() };
    }
    const asked = last;
    try {
      return await asked.answer;
    } finally {
      if (last === asked) {
        last = null;
      }
    }
  };
}

/**
 * The credentials of an administrator: those of the process or of its profile, or of the role that these assume. STS is asked in the region where they are
 * needed, in the region that answered last, then in the administrator's other regions.
 */
function credentialsOf(
  administrator: Administrator,
  own: SharedCredentials,
  sources: CredentialSources,
): SharedCredentials {
  const { accountId, roleArn, regions } = administrator;
  const { limitMs } = sources;
  const role = roleArn === null ? null : { ...administrator, roleArn };
  let lastRegion: string | null = null;
  const ask = <Answer>(region: string, question: (region: string) => Promise<Answer>): Promise<Answer> =>
    askInRegions([region, ...(lastRegion === null ? [] : [lastRegion]), ...regions], async (asked) => {
      const answer = await question(asked);
      lastRegion = asked;
      return answer;
    });

  return shareCredentials(
    async (region, anew) => {
      if (anew && role === null) {
        await own.renew(own.generation());
      }
      return withOwn(own, region, async (credentials) => {
        if (role !== null) {
          return ask(region, (asked) => assumeRole(role, credentials, asked, sources));
        }
        if (sources.checkAccounts) {
          const account = await ask(region, (asked) => accountOf(credentials, asked, sources));
          if (account !== accountId) {
            throw new WrongAccount(accountId, account);
          }
        }
        return credentials;
      });
    },
    { limitMs },
  );
}

/** Uses the credentials of the process, and new ones if STS does not accept the present ones. */
async function withOwn<Result>(
  own: SharedCredentials,
  region: string,
  use: (credentials: Credentials) => Promise<Result>,
): Promise<Result> {
  const credentials = await own.get(region);
  const generation = own.generation();
  try {
    return await use(credentials);
  } catch (error) {
    if (isOfCredentials(error) && (await own.renew(generation))) {
      return use(await own.get(region));
    }
    throw error;
  }
}
