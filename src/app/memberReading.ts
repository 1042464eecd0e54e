import type { InventoryReads } from '../ports/inventory.js';
import type { MemberCache } from '../ports/memberCache.js';
import type { LaneStates } from '../ports/laneStates.js';
import type { ListAllMembers } from '../ports/memberListing.js';
import { QUOTA_REFUSAL, THROTTLING_ERRORS } from '../services/answers/refusals.js';
import type { Deadline } from '../services/deadline.js';
import { createFindDetector } from '../services/members/detectors.js';
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
import { createOrganizationForbids } from '../services/plans/organizationForbids.js';
import { createReconcile, type Reconcile } from '../services/plans/reconcile.js';
import { createReadTurns } from '../services/members/readTurns.js';
import { createSendRead } from '../services/members/sendRead.js';
import { createRemovalPlanner, type RemovalPlanner } from '../services/plans/removalPlan.js';
import { createShareOfRemoval, type ShareOfRemoval } from '../services/plans/removalShare.js';
import { createTargetHealth, type TargetHealthOf } from '../services/members/targetHealth.js';
import type { SpendPoints } from '../services/spendPoints.js';
import { createLaneStates } from '../store/lanes/laneStates.js';
import { createReadQuota } from '../store/lanes/readQuota.js';
import { createRecordedRemovals } from '../store/requests/removals.js';
import { createMemberCache } from '../store/members/memberCache.js';
import type { GatewayCore } from './core.js';
import type { OperationReads } from './operationReads.js';

/** Reads of members: one queue and one rate for all reads of the process. */
export interface MemberReading {
  readonly plan: Planner;
  readonly planRemoval: RemovalPlanner;
  readonly shareOfRemoval: ShareOfRemoval;
  /** Reads without a deadline, for work that no caller waits for. */
  readonly reads: MemberReads;
  /** Lists all members of a target by ListMembers, never from the cache. */
  readonly listAllMembers: ListAllMembers;
  readonly memberCache: MemberCache;
  /** The reads of one operation, which end at its deadline. */
  forOperation(operation: OperationReads): MemberReadingOfOperation;
}

/** What the resolvers of one operation use. */
export interface MemberReadingOfOperation {
  readonly members: MemberQueries;
  readonly targetHealth: TargetHealthOf;
  readonly memberLoader: MemberLoader;
  readonly reconcile: Reconcile;
}

/** The ports and services that all operations share. */
interface SharedReading {
  readonly reads: MemberReads;
  readonly memberCache: MemberCache;
  readonly inventory: Pick<InventoryReads, 'listing'>;
  readonly states: LaneStates;
  readonly spend: SpendPoints;
}

export function createMemberReading(
  core: GatewayCore,
  inventory: Pick<InventoryReads, 'listing'>,
  spend: SpendPoints,
): MemberReading {
  const { config, database, lanes, upstream, detectors, stopping } = core;
  const turns = createReadTurns(createReadQuota(database.prisma, lanes.idOf, core.leavingRates), stopping);
  const findDetector = createFindDetector(detectors, upstream, turns);
  const sendRead = createSendRead(turns, detectors, findDetector);
  const reads = createMemberReads({ upstream, turns, findDetector, sendRead });
  const organizationForbids = createOrganizationForbids({ upstream, turns, findDetector, sendRead });
  const memberCache = createMemberCache(database.prisma, lanes.idOf);
  const states = createLaneStates(database.prisma, {
    laneIdOf: lanes.idOf,
    rates: config.rates,
    throttlingErrors: THROTTLING_ERRORS,
    quotaRefusal: QUOTA_REFUSAL,
  });
  const shareOfRemoval = createShareOfRemoval(
    { reads, inventory, removals: createRecordedRemovals(database.prisma, lanes.idOf) },
    config.removalSharePercent,
  );
  const shared = { reads, memberCache, inventory, states, spend };
  return {
    plan: createPlanner(reads, spend, config.rates),
    planRemoval: createRemovalPlanner(
      { reads, shareOf: shareOfRemoval, organizationForbids },
      spend,
      config.rates,
    ),
    shareOfRemoval,
    reads,
    listAllMembers: createBackgroundListing(reads, stopping),
    memberCache,
    forOperation: (operation) => readingOfOperation(core, shared, operation),
  };
}

function readingOfOperation(
  { config, administrators, detectors }: GatewayCore,
  shared: SharedReading,
  { callerKey, deadlineOf, bounded }: OperationReads,
): MemberReadingOfOperation {
  const within: Deadline['within'] = (read) => deadlineOf()?.within(read) ?? read();
  const reads: MemberReads = {
    member(target, accountId) {
      const signal = deadlineOf()?.signal;
      return within(() => shared.reads.member(target, accountId, { signal, callerKey }));
    },
    page(target, query, limits) {
      const signal = deadlineOf()?.signal;
      return within(() => shared.reads.page(target, query, { ...limits, signal, callerKey }));
    },
  };
  const memberCache = bounded(shared.memberCache);
  const inventory = bounded(shared.inventory);
  return {
    members: createMemberQueries(administrators, (maxAgeSeconds) =>
      maxAgeSeconds === 0 ? reads : createCachedPages(reads, memberCache, maxAgeSeconds),
    ),
    targetHealth: createTargetHealth({
      administrators,
      reads,
      detectors,
      states: bounded(shared.states),
      rates: config.rates,
    }),
    memberLoader: createMemberLoader(reads, memberCache, within),
    reconcile: createReconcile({
      administrators,
      maxAccounts: config.maxAccountsPerRequest,
      spend: shared.spend,
      listAllMembers: createCachedListing(inventory, createQueryListing(reads)),
    }),
  };
}
