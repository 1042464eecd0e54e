import DataLoader from 'dataloader';
import { targetKey, type TargetAddress } from '../../membership.js';
import type { CachedMember, MemberCache, MemberKey } from '../../ports/memberCache.js';
import type { Deadline } from '../deadline.js';
import { liveMember, notAMember, serviceMember, type LiveMember } from './liveMember.js';
import { checkMaxAge } from '../input/maxAge.js';
import type { MemberReads } from './memberReads.js';

/** Most accounts that one statement looks up in the cache. */
const KEYS_PER_STATEMENT = 10_000;

/**
 * One account at one target, as the service shows it; rejects with the `GatewayError` of that target. A loader belongs to
 * one operation, which reads each account once. With a highest age in seconds, an observation that is young enough answers,
 * and a read from the service is cached.
 *
 * @throws GatewayError `BAD_USER_INPUT` for an age that is none.
 */
export type MemberLoader = (
  target: TargetAddress,
  accountId: string,
  maxAgeSeconds?: number | null,
) => Promise<LiveMember>;

/**
 * A loader for one operation. What is asked for together goes by 50 accounts a call, target by target.
 *
 * @param within keeps the operation's deadline.
 */
export function createMemberLoader(
  reads: Pick<MemberReads, 'member'>,
  kept: Pick<MemberCache, 'members' | 'saveMembers'>,
  within: Deadline['within'],
): MemberLoader {
  const read = ({ target, accountId }: MemberKey): Promise<LiveMember | Error> =>
    reads.member(target, accountId).catch(asError);

  const readOrTake = async (
    keys: readonly MemberKey[],
    maxAgeSeconds: number,
  ): Promise<(LiveMember | Error)[]> => {
    const found = await kept.members(keys, maxAgeSeconds);
    const read: LiveMember[] = [];
    const answers = await Promise.all(
      keys.map(async (key, place) => {
        const known = found[place] ?? null;
        if (known !== null) {
          return taken(key, known);
        }
        const answer = await reads.member(key.target, key.accountId).catch(asError);
        if (!(answer instanceof Error)) {
          read.push(answer);
        }
        return answer;
      }),
    );
    // Before the answers, so that the next operation finds these reads.
    if (read.length > 0) {
      await kept.saveMembers(read.map(toKeep));
    }
    return answers;
  };

  const loaders = new Map<number, DataLoader<MemberKey, LiveMember, string>>();
  const loaderFor = (maxAgeSeconds: number): DataLoader<MemberKey, LiveMember, string> => {
    const known = loaders.get(maxAgeSeconds);
    if (known !== undefined) {
      return known;
    }
    const loader = new DataLoader<MemberKey, LiveMember, string>(
      async (keys) =>
        within(() => (maxAgeSeconds === 0 ? Promise.all(keys.map(read)) : readOrTake(keys, maxAgeSeconds))),
      {
        cacheKeyFn: ({ target, accountId }) => `${accountId} ${targetKey(target)}`,
        maxBatchSize: maxAgeSeconds === 0 ? Infinity : KEYS_PER_STATEMENT,
      },
    );
    loaders.set(maxAgeSeconds, loader);
    return loader;
  };

  return (target, accountId, maxAgeSeconds) =>
    loaderFor(checkMaxAge(maxAgeSeconds)).load({ target, accountId });
}

function taken({ target, accountId }: MemberKey, { member, observedAt }: CachedMember): LiveMember {
  return member === null ? notAMember(target, accountId, observedAt) : liveMember(target, member, observedAt);
}

function toKeep(read: LiveMember): MemberKey & CachedMember {
  const { administrator, service, region, accountId, observedAt } = read;
  return { target: { administrator, service, region }, accountId, observedAt, member: serviceMember(read) };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
