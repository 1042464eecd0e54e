import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../../errors.js';
import { ACCOUNTS_PER_CALL, RETRYABLE_REASONS, type TargetAddress } from '../../membership.js';
import type { InventoryReads } from '../../ports/inventory.js';
import type { ListAllMembers, MemberListing } from '../../ports/memberListing.js';
import type { MemberPageQuery, ServiceMember } from '../../ports/upstream.js';
import { serviceMember } from './liveMember.js';
import { memberPages } from './memberPages.js';
import type { MemberPage, MemberReads } from './memberReads.js';
import { failureOf, gatewayStopping } from './readFailure.js';

/** Pauses before a page that failed for a passing reason is read again, in milliseconds. */
const PAUSES_MS = [1_000, 2_000, 4_000, 8_000, 16_000];

/** Most pages of a list: twice the pages of the largest list that a service allows (UPSTREAMS.md, "Both services"). */
const MAX_PAGES = 2_000;

/**
 * Longest time that a listing inside a query takes, in milliseconds. Ours: a few seconds less than a query may take by
 * default, so that the error names the target with too many members. At half of the default rates, 25 seconds are enough
 * for about 7,000 members in Security Hub and 3,300 in GuardDuty.
 */
const MAX_QUERY_LISTING_MS = 25_000;

/**
 * Lists all members of a target from the service, for work in the background: tens of thousands of members take minutes.
 * A page that fails for a passing reason is read again.
 *
 * @param stopping ends the listing before its next page, with `UNAVAILABLE`.
 */
export function createBackgroundListing(
  reads: Pick<MemberReads, 'page'>,
  stopping: AbortSignal,
): ListAllMembers {
  const readPage = async (target: TargetAddress, query: MemberPageQuery): Promise<MemberPage> => {
    for (let failures = 0; ; failures++) {
      if (stopping.aborted) {
        throw gatewayStopping();
      }
      try {
        return await reads.page(target, query);
      } catch (error) {
        const pause = PAUSES_MS[failures];
        if (pause === undefined || !mayPass(error)) {
          throw error;
        }
        await sleep(pause, undefined, { signal: stopping }).catch(() => undefined);
      }
    }
  };

  return (target) => {
    let pages = 0;
    return collect(
      memberPages(target, (query) => {
        pages += 1;
        if (pages > MAX_PAGES) {
          throw endless(target);
        }
        return readPage(target, query);
      }),
    );
  };
}

/**
 * Lists all members of a target from the service, for a query that waits: within 25 seconds and within the rate of the
 * target, or not at all. The listing is never older than the query.
 *
 * @throws GatewayError `THROTTLED` when the target has too many members for that.
 */
export function createQueryListing(reads: Pick<MemberReads, 'page'>): ListAllMembers {
  return (target) => {
    const deadline = performance.now() + MAX_QUERY_LISTING_MS;
    let members = 0;
    return collect(
      memberPages(target, async (query) => {
        const isFirst = query.nextToken === null;
        if (!isFirst && performance.now() > deadline) {
          throw tooMany(target, members);
        }
        try {
          const page = await reads.page(target, query, { deadline });
          members += page.members.length;
          return page;
        } catch (error) {
          // The rate left room for the first page, so the number of pages is too large for the rate.
          throw !isFirst && isRateExceeded(error) ? tooMany(target, members) : error;
        }
      }),
    );
  };
}

/** Lists all members of a target from the inventory if that is young enough, otherwise with `listNow`. */
export function createCachedListing(
  inventory: Pick<InventoryReads, 'listing'>,
  listNow: ListAllMembers,
): ListAllMembers {
  return async (target, maxAgeMs) =>
    (maxAgeMs > 0 ? await inventory.listing(target, maxAgeMs) : null) ?? listNow(target, 0);
}

/** An account that moves between two pages meanwhile is listed once. The listing is as old as its first page. */
async function collect(pages: AsyncIterable<MemberPage>): Promise<MemberListing> {
  const members = new Map<string, ServiceMember>();
  let firstReadAt: Date | undefined;
  for await (const page of pages) {
    firstReadAt ??= page.observedAt;
    for (const member of page.members) {
      const known = serviceMember(member);
      if (known !== null) {
        members.set(known.accountId, known);
      }
    }
  }
  if (firstReadAt === undefined) {
    throw new Error('a list of members has at least one page');
  }
  return { observedAt: firstReadAt, members: [...members.values()] };
}

function mayPass(error: unknown): boolean {
  return (
    error instanceof GatewayError && RETRYABLE_REASONS.some((code) => code === error.details['reasonCode'])
  );
}

function isRateExceeded(error: unknown): boolean {
  return error instanceof GatewayError && error.code === 'THROTTLED';
}

function endless(target: TargetAddress): GatewayError {
  const reason = `the list of members did not end within ${MAX_PAGES} pages of ${ACCOUNTS_PER_CALL}`;
  return failureOf(target, { reasonCode: 'OTHER', reason });
}

function tooMany(target: TargetAddress, members: number): GatewayError {
  const seconds = MAX_QUERY_LISTING_MS / 1_000;
  return failureOf(target, {
    reasonCode: 'THROTTLED',
    reason: `at its rate, only the first ${members} members can be listed within ${seconds} seconds; refresh the inventory, then query with maxAgeSeconds`,
  });
}
