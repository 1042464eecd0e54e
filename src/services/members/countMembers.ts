import type { MemberStatus, TargetAddress } from '../../membership.js';
import { memberPages } from './memberPages.js';
import type { MemberReads } from './memberReads.js';

/**
 * Longest time that the members of a target are counted, in milliseconds. At half of the default rates, 20 seconds are
 * enough for 2,700 members in GuardDuty and 5,700 in Security Hub.
 */
const MAX_COUNT_MS = 20_000;

/**
 * The number of members of a target with certain statuses, by listing them: the services have no other way to count.
 *
 * @param counts whether a member with this status counts.
 * @param isEnough ends the count early, at the end of a page.
 * @returns null when 20 seconds were not enough, or the members could not be listed.
 */
export async function countMembers(
  reads: Pick<MemberReads, 'page'>,
  target: TargetAddress,
  counts: (status: MemberStatus) => boolean,
  isEnough: (members: number) => boolean,
): Promise<number | null> {
  const deadline = performance.now() + MAX_COUNT_MS;
  let members = 0;
  try {
    for await (const page of memberPages(target, (query) => reads.page(target, query))) {
      members += page.members.filter(({ status }) => counts(status)).length;
      if (page.nextToken === null || isEnough(members)) {
        return members;
      }
      if (performance.now() >= deadline) {
        return null;
      }
    }
  } catch {
    return null;
  }
  return members;
}
