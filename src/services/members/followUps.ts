import type { Log } from '../../log.js';
import { ACCOUNTS_PER_CALL, type MemberStatus } from '../../membership.js';
import type { FollowedMember, FollowUpStore, SeenMember } from '../../ports/followUps.js';
import type { Lane } from '../../ports/laneRecord.js';
import type { MemberReads } from './memberReads.js';

/** Longest time between two polls of the schedule, in milliseconds; a poll costs two small statements. */
const MAX_POLL_INTERVAL_MS = 10_000;

/** Final statuses of an invitation: an account keeps them until somebody changes its membership. */
const FINAL_STATUSES: ReadonlySet<MemberStatus> = new Set([
  'ENABLED',
  'DISABLED',
  'REMOVED',
  'RESIGNED',
  'DELETED',
  'ACCOUNT_SUSPENDED',
  'NOT_A_MEMBER',
]);

/** What follow-ups need. */
export interface FollowUpDependencies {
  readonly store: FollowUpStore;
  readonly reads: Pick<MemberReads, 'member'>;
  /** The lanes that this process can read. */
  readonly lanes: readonly Lane[];
  /** Seconds before the first read of a member, and before each further one. */
  readonly waits: readonly number[];
  readonly log: Log;
}

/**
 * Reads the members of requests with follow-up, as the schedule has them. Each lane sends one call at a time, in the turns
 * of reads, so other reads wait for at most one of these calls. A lane that cannot be read is read later, and delays no
 * other lane.
 */
export function startFollowUps(dependencies: FollowUpDependencies): { stop(): Promise<void> } {
  const { store, lanes, waits, log } = dependencies;
  const laneById = new Map(lanes.map((lane) => [lane.id, lane]));
  const running = new Map<number, Promise<void>>();
  const stopping = new AbortController();
  let poll: Promise<void> | null = null;

  const logFailure = (error: unknown): void => {
    log.warn({ err: error }, 'follow-ups failed; the next poll tries again');
  };

  const startDueLanes = async (): Promise<void> => {
    while (!stopping.signal.aborted && (await store.scheduleFinishedTargets()) > 0) {}
    for (const laneId of await store.lanesDue()) {
      const lane = laneById.get(laneId);
      if (lane === undefined || running.has(laneId) || stopping.signal.aborted) {
        continue;
      }
      const work = followLane(dependencies, lane, stopping.signal)
        .catch(logFailure)
        .finally(() => running.delete(laneId));
      running.set(laneId, work);
    }
  };

  const pollOnce = (): void => {
    poll ??= startDueLanes()
      .catch(logFailure)
      .finally(() => {
        poll = null;
      });
  };
  const timer = setInterval(pollOnce, Math.min(MAX_POLL_INTERVAL_MS, (Math.min(...waits) * 1_000) / 4));
  pollOnce();
  return {
    async stop() {
      stopping.abort();
      clearInterval(timer);
      await poll;
      await Promise.all(running.values());
    },
  };
}

/** Reads the members of a lane that are due, 50 at a time, until none is due or the lane cannot be read. */
async function followLane(
  dependencies: FollowUpDependencies,
  lane: Lane,
  stopping: AbortSignal,
): Promise<void> {
  const { store } = dependencies;
  while (!stopping.aborted) {
    const due = await store.claimDue(lane.id, ACCOUNTS_PER_CALL);
    const seen = due.length === 0 ? null : await readMembers(dependencies, lane, due, stopping);
    if (seen === null) {
      return;
    }
    await store.recordSeen(lane.id, due, seen);
    const known = new Set(seen.map(({ accountId }) => accountId));
    const unread = due.filter(({ accountId }) => !known.has(accountId));
    if (unread.length > 0) {
      await store.postpone(lane.id, unread, 'CLAIMED');
    }
  }
}

/** The members that could be read. Null when none could: the lane cannot be read, and its members are read later. */
async function readMembers(
  { store, reads, log }: FollowUpDependencies,
  lane: Lane,
  due: readonly FollowedMember[],
  stopping: AbortSignal,
): Promise<SeenMember[] | null> {
  const accountIds = [...new Set(due.map(({ accountId }) => accountId))];
  const answers = await Promise.allSettled(accountIds.map((accountId) => reads.member(lane, accountId)));
  const failed = answers.find((answer) => answer.status === 'rejected');
  const members = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  if (failed !== undefined && !stopping.aborted) {
    const unread = accountIds.length - members.length;
    log.warn({ err: failed.reason, lane, unread }, 'followed members of a target not read; postponed');
  }
  if (members.length > 0) {
    return members.map(({ accountId, status, observedAt }) => ({
      accountId,
      status,
      observedAt,
      isEnd: FINAL_STATUSES.has(status),
    }));
  }
  // When the process stops, the lease of these members ends by itself, and another process reads them.
  if (!stopping.aborted) {
    await store.postpone(lane.id, due, 'LANE');
  }
  return null;
}
