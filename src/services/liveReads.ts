import type { Administrator, SecurityService } from '../membership.js';
import type { Cancellable } from '../ports/cancellable.js';
import type { Rate } from '../ports/laneRecord.js';
import type { LaneStates } from '../ports/laneStates.js';
import type { ReadQuota } from '../ports/readQuota.js';
import type { Upstream } from '../ports/upstream.js';
import { withDeadline, type Deadline } from './deadline.js';
import { createLiveMembers, type LiveMembers } from './liveMembers.js';
import { createMemberLoader, type MemberLoader } from './memberLoader.js';
import { createMemberReads, type MemberReads } from './memberReads.js';
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
  /** Ends the statements of reads whose operation has no time left. */
  readonly cancellable: Cancellable;
  /** Ends every wait for the quota. */
  readonly stopping: AbortSignal;
}

/** Everything that asks the services what they show now: one queue, one cache of detectors and one pace for all of it. */
export interface LiveReads {
  readonly plan: Planner;
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
  const { administrators, upstream, rates, cancellable } = tools;
  const turns = createReadTurns(quota, stopping);
  const detectors = createReadDetectors(administrators, upstream, turns);
  const reads = createMemberReads({ upstream, turns, detectors });
  return {
    plan: createPlanner(reads, rates),
    forOperation(deadlineOf) {
      const within: Deadline['within'] = (read) => deadlineOf()?.within(read) ?? read();
      const timely: MemberReads = {
        member: (target, accountId) => reads.member(target, accountId, deadlineOf()?.signal),
        page: (target, asked) => within(() => reads.page(target, asked, deadlineOf()?.signal)),
      };
      const states = withDeadline(tools.states, deadlineOf, cancellable);
      return {
        members: createLiveMembers(administrators, timely),
        targetHealth: createTargetHealth({ administrators, reads: timely, detectors, states, rates }),
        memberLoader: createMemberLoader(timely, within),
      };
    },
  };
}
