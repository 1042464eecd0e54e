import { ACCOUNTS_PER_CALL, type MemberStatus, type TargetAddress } from '../../membership.js';
import type { MemberPage, MemberReads } from './memberReads.js';

/**
 * Longest the members of a target are counted, in milliseconds: at half of the default rates 2,700 of them in GuardDuty,
 * 5,700 in Security Hub.
 */
const COUNT_PATIENCE_MS = 20_000;

/**
 * Counts members of a target by listing them: the services have no other way to say how many there are. Ends when they
 * are enough, or no more.
 *
 * @param counts whether one with this status does.
 * @returns null when there are too many to count in time, or they could not be listed.
 */
export async function countMembers(
  reads: Pick<MemberReads, 'page'>,
  target: TargetAddress,
  counts: (status: MemberStatus) => boolean,
  isEnough: (members: number) => boolean,
): Promise<number | null> {
  const until = performance.now() + COUNT_PATIENCE_MS;
  let members = 0;
  let nextToken: string | null = null;
  while (performance.now() < until) {
    const page: MemberPage | null = await reads
      .page(target, { pageSize: ACCOUNTS_PER_CALL, nextToken })
      .catch(() => null);
    if (page === null) {
      return null;
    }
    members += page.members.filter(({ status }) => counts(status)).length;
    if (page.nextToken === null || isEnough(members)) {
      return members;
    }
    nextToken = page.nextToken;
  }
  return null;
}
