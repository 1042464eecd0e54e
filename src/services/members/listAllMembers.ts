import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../../errors.js';
import { ACCOUNTS_PER_CALL, RETRYABLE_REASONS, type TargetAddress } from '../../membership.js';
import type { ListAllMembers } from '../../ports/memberListing.js';
import type { ServiceMember } from '../../ports/upstream.js';
import { serviceMember } from './liveMember.js';
import type { MemberPage, MemberReads } from './memberReads.js';
import { failureOf } from './readFailure.js';

/** Pauses before a page is asked for again that failed for a reason which passes, in milliseconds. */
const PAUSES_MS = [1_000, 2_000, 4_000, 8_000, 16_000];

/** Most pages of a list: twice what the most members take that any service has (UPSTREAMS.md, "Both services"). */
const MAX_PAGES = 2_000;

/**
 * Lists all members of a target now, page by page at the pace of live reads: minutes for tens of thousands. An account that
 * moves between pages meanwhile is there once.
 *
 * @param stopping ends it between two pages, with `UNAVAILABLE`.
 */
export function createLiveListing(reads: Pick<MemberReads, 'page'>, stopping: AbortSignal): ListAllMembers {
  const readPage = async (target: TargetAddress, nextToken: string | null): Promise<MemberPage> => {
    for (let failures = 0; ; failures++) {
      if (stopping.aborted) {
        throw isStopping();
      }
      try {
        return await reads.page(target, { pageSize: ACCOUNTS_PER_CALL, nextToken });
      } catch (error) {
        const pause = PAUSES_MS[failures];
        if (pause === undefined || !mayPass(error)) {
          throw error;
        }
        await sleep(pause, undefined, { signal: stopping }).catch(() => undefined);
      }
    }
  };

  return async (target) => {
    const members = new Map<string, ServiceMember>();
    let page = await readPage(target, null);
    const { observedAt } = page;
    for (let pages = 1; ; pages++) {
      for (const member of page.members) {
        const seen = serviceMember(member);
        if (seen !== null) {
          members.set(seen.accountId, seen);
        }
      }
      if (page.nextToken === null) {
        return { observedAt, members: [...members.values()] };
      }
      if (pages === MAX_PAGES) {
        throw endless(target);
      }
      page = await readPage(target, page.nextToken);
    }
  };
}

function mayPass(error: unknown): boolean {
  return (
    error instanceof GatewayError && RETRYABLE_REASONS.some((code) => code === error.details['reasonCode'])
  );
}

function endless(target: TargetAddress): GatewayError {
  const reason = `the list of members did not end within ${MAX_PAGES} pages of ${ACCOUNTS_PER_CALL}`;
  return failureOf(target, { reasonCode: 'OTHER', reason });
}

function isStopping(): GatewayError {
  return new GatewayError('UNAVAILABLE', 'the gateway is stopping; try again in a moment');
}
