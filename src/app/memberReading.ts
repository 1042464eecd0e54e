import type { Administrator, SecurityService } from '../membership.js';
import type { Rate } from '../ports/laneRecord.js';
import type { Cancellable } from '../ports/cancellable.js';
import type { InventoryReads } from '../ports/inventory.js';
import type { MemberCache } from '../ports/memberCache.js';
import type { LaneStates } from '../ports/laneStates.js';
import type { ListAllMembers } from '../ports/memberListing.js';
import type { ReadQuota } from '../ports/readQuota.js';
import type { Upstream } from '../ports/upstream.js';
import { withDeadline, type Deadline } from '../services/deadline.js';
import type { Detectors } from '../services/members/detectors.js';
import { createFindDetector } from '../services/members/findDetector.js';
import { createCachedPages } from '../services/members/cachedPages.js';
import {
  createBackgroundListing,
  createCachedListing,
  createQueryListing,
} from '../services/members/listAllMembers.js';
import { createMemberQueries, type MemberQueries } from '../services/members/memberQueries.js';
import { createMemberLoader, type MemberLoader } from '../services/members/memberLoader.js';
import { createMemberReads, type MemberReads } from '../services/members/memberReads.js';
import { createPlanner, type Planner } from '../services/plans/membershipPlan.js';
import { createReconcile, type Reconcile } from '../services/plans/reconcile.js';
import { createReadTurns } from '../services/members/readTurns.js';
import { createRemovalPlanner, type RemovalPlanner } from '../services/plans/removalPlan.js';
import { createTargetHealth, type TargetHealthOf } from '../services/members/targetHealth.js';

/** What live reads are made of. */
export interface LiveReadTools {
  readonly administrators: readonly Administrator[];
  readonly upstream: Upstream;
  readonly detectors: Detectors;
  readonly quota: ReadQuota;
  readonly states: LaneStates;
  readonly rates: Readonly<Record<SecurityService, Rate>>;
  /** The share of a target's members that one request may remove, in per cent. */
  readonly removalSharePercent: number;
  readonly maxAccounts: number;
  /** For those who take answers of some age. */
  readonly kept: MemberCache;
  readonly inventory: Pick<InventoryReads, 'listing'>;
  /** Ends the statements of an operation whose time is over. */
  readonly cancellable: Cancellable;
  /** Ends every wait for the quota. */
  readonly stopping: AbortSignal;
}

/** Everything that asks the services what they show now: one queue and one pace for all of it. */
export interface LiveReads {
  readonly plan: Planner;
  readonly planRemoval: RemovalPlanner;
  /** The reads themselves, for what nobody waits for: without any operation's deadline. */
  readonly reads: MemberReads;
  /** Lists all members of a target now, whatever age may be. */
  readonly listAllMembers: ListAllMembers;
  /**
   * What the resolvers of one operation use; the loader is that operation's own.
   *
   * @param deadlineOf the operation's deadline, if it has one by then.
   */
  forOperation(deadlineOf: () => Deadline | null): {
    readonly members: MemberQueries;
    readonly targetHealth: TargetHealthOf;
    readonly memberLoader: MemberLoader;
    readonly reconcile: Reconcile;
  };
}

export function createLiveReads({ stopping, quota, ...tools }: LiveReadTools): LiveReads {
  const { administrators, upstream, detectors, rates, maxAccounts, cancellable } = tools;
  const turns = createReadTurns(quota, stopping);
  const findDetector = createFindDetector(detectors, upstream, turns);
  const reads = createMemberReads({ upstream, turns, detectors, findDetector });
  return {
    plan: createPlanner(reads, rates),
    planRemoval: createRemovalPlanner(
      { reads, inventory: tools.inventory },
      rates,
      tools.removalSharePercent,
    ),
    reads,
    listAllMembers: createBackgroundListing(reads, stopping),
    forOperation(deadlineOf) {
      const within: Deadline['within'] = (read) => deadlineOf()?.within(read) ?? read();
      const timely: MemberReads = {
        member: (target, accountId) => within(() => reads.member(target, accountId, deadlineOf()?.signal)),
        page(target, asked, patience) {
          const signal = deadlineOf()?.signal;
          return within(() => reads.page(target, asked, { ...patience, ...(signal && { signal }) }));
        },
      };
      const states = withDeadline(tools.states, deadlineOf, cancellable);
      const kept = withDeadline(tools.kept, deadlineOf, cancellable);
      const inventory = withDeadline(tools.inventory, deadlineOf, cancellable);
      return {
        members: createMemberQueries(administrators, (maxAgeSeconds) =>
          maxAgeSeconds === 0 ? timely : createCachedPages(timely, kept, maxAgeSeconds),
        ),
        targetHealth: createTargetHealth({ administrators, reads: timely, detectors, states, rates }),
        memberLoader: createMemberLoader(timely, kept, within),
        reconcile: createReconcile({
          ...{ administrators, maxAccounts },
          listAllMembers: createCachedListing(inventory, createQueryListing(timely)),
        }),
      };
    },
  };
}
