import DataLoader from 'dataloader';
import type { TargetAddress } from '../membership.js';
import type { Deadline } from './deadline.js';
import type { LiveMember } from './liveMember.js';
import type { MemberReads } from './memberReads.js';
import { targetKey } from './targetKey.js';

/**
 * One account at one target, as the service shows it; rejects with the `GatewayError` of that target. Made for one
 * operation: what it has read is not read again there, and forgotten with it.
 */
export type MemberLoader = (target: TargetAddress, accountId: string) => Promise<LiveMember>;

/**
 * A loader for one operation. What is asked for together goes by 50 accounts a call, target by target.
 *
 * @param within keeps the operation's deadline.
 */
export function createMemberLoader(reads: MemberReads, within: Deadline['within']): MemberLoader {
  const loader = new DataLoader(
    async (keys: readonly { readonly target: TargetAddress; readonly accountId: string }[]) =>
      within(() =>
        Promise.all(keys.map(({ target, accountId }) => reads.member(target, accountId).catch(asError))),
      ),
    { cacheKeyFn: ({ target, accountId }) => `${accountId} ${targetKey(target)}` },
  );
  return (target, accountId) => loader.load({ target, accountId });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
