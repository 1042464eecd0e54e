import { GatewayError } from '../../errors.js';
import { ACCOUNTS_PER_CALL, type TargetAddress } from '../../membership.js';
import type { ListAllMembers } from '../../ports/memberListing.js';
import type { ServiceMember } from '../../ports/upstream.js';
import { serviceMember } from './liveMember.js';
import type { MemberPage, MemberReads } from './memberReads.js';
import { failureOf } from './readFailure.js';

/**
 * Longest the members of a target are listed, in milliseconds. Ours: some seconds less than a query may take by default, so
 * that a target with too many members is told of in its own place. At half of Security Hub's rate that is some 7,000
 * members, at half of GuardDuty's some 3,300.
 */
const LISTING_PATIENCE_MS = 25_000;

/**
 * Lists members by reading every page now, within the rate of the target: what is read is never older than the question.
 * Members that change meanwhile are in the listing as one of its pages showed them.
 */
export function createListingInTime(reads: Pick<MemberReads, 'page'>): ListAllMembers {
  return async (target) => {
    const until = performance.now() + LISTING_PATIENCE_MS;
    const members = new Map<string, ServiceMember>();
    let page = await reads.page(target, { pageSize: ACCOUNTS_PER_CALL, nextToken: null }, { until });
    const { observedAt } = page;
    for (;;) {
      for (const member of page.members) {
        const seen = serviceMember(member);
        if (seen !== null) {
          members.set(seen.accountId, seen);
        }
      }
      if (page.nextToken === null) {
        return { observedAt, members: [...members.values()] };
      }
      if (performance.now() > until) {
        throw tooMany(target, members.size);
      }
      page = await nextPage(reads, target, page.nextToken, until, members.size);
    }
  };
}

async function nextPage(
  reads: Pick<MemberReads, 'page'>,
  target: TargetAddress,
  nextToken: string,
  until: number,
  read: number,
): Promise<MemberPage> {
  try {
    return await reads.page(target, { pageSize: ACCOUNTS_PER_CALL, nextToken }, { until });
  } catch (error) {
    // The first page had room: it is the number of them that is too much for the rate.
    throw error instanceof GatewayError && error.code === 'THROTTLED' ? tooMany(target, read) : error;
  }
}

function tooMany(target: TargetAddress, read: number): GatewayError {
  const limit = LISTING_PATIENCE_MS / 1_000;
  return failureOf(target, {
    reasonCode: 'THROTTLED',
    reason: `its rate lets no more than the first ${read} of its members be listed within ${limit} seconds; refresh the inventory, then ask with maxAgeSeconds`,
  });
}
