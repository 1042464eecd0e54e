import type { Log } from '../../log.js';
import { ACCOUNTS_PER_CALL, type MemberStatus } from '../../membership.js';
import type { FollowedMember, FollowUpStore, SeenMember } from '../../ports/followUps.js';
import type { Lane } from '../../ports/laneRecord.js';
import type { MemberReads } from './memberReads.js';

/** Longest time between two looks at the schedule, in milliseconds; it costs two small statements. */
const LONGEST_PAUSE_MS = 10_000;

/** Statuses that an invitation ends in: whoever is there stays there, until somebody acts anew. */
const ENDS: ReadonlySet<MemberStatus> = new Set([
  'ENABLED',
  'DISABLED',
  'REMOVED',
  'RESIGNED',
  'DELETED',
  'ACCOUNT_SUSPENDED',
  'NOT_A_MEMBER',
]);

/** What members are followed with. */
export interface FollowUpDependencies {
  readonly store: FollowUpStore;
  readonly reads: Pick<MemberReads, 'member'>;
  /** The lanes that this process can read. */
  readonly lanes: readonly Lane[];
  /** Seconds before the first look, and before each further one. */
  readonly waits: readonly number[];
  readonly log: Log;
}

/**
 * Looks at the members that requests asked to be followed, as the schedule has them. Each lane has one call on its way at a
 * time, in the turns of live reads: whoever asks meanwhile waits for no more than that one. A lane that cannot be read is
 * looked at later, and holds up no other.
 */
export function startFollowUps({ store, reads, lanes, waits, log }: FollowUpDependencies): {
  stop(): Promise<void>;
} {
  const laneOf = new Map(lanes.map((lane) => [lane.id, lane]));
  const atWork = new Map<number, Promise<void>>();
  let isStopping = false;
  let round = Promise.resolve();
  let isLooking = false;

  /** Null when the lane is to be left alone for now. */
  const readAll = async (lane: Lane, taken: readonly FollowedMember[]): Promise<SeenMember[] | null> => {
    const accountIds = [...new Set(taken.map(({ accountId }) => accountId))];
    try {
      const members = await Promise.all(accountIds.map((accountId) => reads.member(lane, accountId)));
      return members.map(({ accountId, status, observedAt }) => ({
        ...{ accountId, status, observedAt },
        isEnd: ENDS.has(status),
      }));
    } catch (error) {
      // When the process stops, what was taken comes up again by itself: whoever goes on looks at it.
      if (isStopping) {
        return null;
      }
      log.warn({ err: error, lane }, 'members not followed: their target is looked at later');
      await store.postpone(lane.id, taken);
      return null;
    }
  };

  const follow = async (lane: Lane): Promise<void> => {
    while (!isStopping) {
      const taken = await store.take(lane.id, ACCOUNTS_PER_CALL);
      if (taken.length === 0) {
        return;
      }
      const seen = await readAll(lane, taken);
      if (seen === null) {
        return;
      }
      await store.note(lane.id, taken, seen);
    }
  };

  const look = async (): Promise<void> => {
    while (!isStopping && (await store.enroll()) > 0) {}
    for (const laneId of await store.lanesDue()) {
      const lane = laneOf.get(laneId);
      if (lane === undefined || atWork.has(laneId) || isStopping) {
        continue;
      }
      const work = follow(lane)
        .catch(failed)
        .finally(() => atWork.delete(laneId));
      atWork.set(laneId, work);
    }
  };

  const failed = (error: unknown): void => {
    log.warn({ err: error }, 'followed members not looked up');
  };

  const start = (): void => {
    if (isLooking) {
      return;
    }
    isLooking = true;
    round = look()
      .catch(failed)
      .finally(() => {
        isLooking = false;
      });
  };
  const timer = setInterval(start, Math.min(LONGEST_PAUSE_MS, (Math.min(...waits) * 1_000) / 4));
  start();
  return {
    async stop() {
      isStopping = true;
      clearInterval(timer);
      await round;
      await Promise.all(atWork.values());
    },
  };
}
