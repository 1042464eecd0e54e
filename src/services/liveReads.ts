import type { Administrator, SecurityService } from '../membership.js';
import type { Rate } from '../ports/laneRecord.js';
import type { KeptMembers } from '../ports/keptMembers.js';
import type { LaneStates } from '../ports/laneStates.js';
import type { ListAllMembers } from '../ports/memberListing.js';
import type { ReadQuota } from '../ports/readQuota.js';
import type { Upstream } from '../ports/upstream.js';
import { withDeadline, type Deadline } from './deadline.js';
import { createKeptPages } from './keptPages.js';
import { createLiveListing } from './liveListing.js';
import { createLiveMembers, type LiveMembers } from './liveMembers.js';
import { createMemberLoader, type MemberLoader } from './memberLoader.js';
import { createMemberReads } from './memberReads.js';
import { createPlanner, type Planner } from './membershipPlan.js';
import { createReadDetectors } from './readDetectors.js';
import { createReadTurns } from './readTurns.js';
import { createTargetHealth, type TargetHealthOf } from './targetHealth.js';

/** What live reads are made of. */
export interface LiveReadTools {
  readonly administrators: readonly Administrator[];
  readonly upstream: Upstream;
  readonly quota: ReadQuota;
  readonly states: LaneStates;
  readonly rates: Readonly<Record<SecurityService, Rate>>;
  /** For those who take answers of some age. */
  readonly kept: KeptMembers;
  /** Ends every wait for the quota. */
  readonly stopping: AbortSignal;
}

/** Everything that asks the services what they show now: one queue, one cache of detectors and one pace for all of it. */
export interface LiveReads {
  readonly plan: Planner;
  /** Lists all members of a target now, whatever age may be. */
  readonly listAllMembers: ListAllMembers;
  /**
   * What the resolvers of one operation use; the loader is that operation's own.
   *
   * @param deadlineOf the operation's deadline, if it has one by then.
   */
  forOperation(deadlineOf: () => Deadline | null): {
    readonly members: LiveMembers;
    readonly targetHealth: TargetHealthOf;
    readonly memberLoader: MemberLoader;
  };
}

export function createLiveReads({ stopping, quota, ...tools }: LiveReadTools): LiveReads {
  const { administrators, upstream, states, rates, kept } = tools;
  const turns = createReadTurns(quota, stopping);
  const detectors = createReadDetectors(administrators, upstream, turns);
  const reads = createMemberReads({ upstream, turns, detectors });
  const targetHealth = createTargetHealth({ administrators, reads, detectors, states, rates });
  return {
    plan: createPlanner(reads, rates),
    listAllMembers: createLiveListing(reads, stopping),
    forOperation: (deadlineOf) => ({
      members: createLiveMembers(administrators, (maxAgeSeconds) =>
        withDeadline(maxAgeSeconds === 0 ? reads : createKeptPages(reads, kept, maxAgeSeconds), deadlineOf),
      ),
      targetHealth,
      memberLoader: createMemberLoader(reads, kept, (read) => deadlineOf()?.within(read) ?? read()),
    }),
  };
}
