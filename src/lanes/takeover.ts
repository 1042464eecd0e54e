import type { AbandonedLane } from '../ports/laneRecord.js';
import type { KeyedQueue } from './keyedQueue.js';

/**
 * How many checks in a row must find a lane abandoned before it is reassigned: a process that has just lost its
 * connection, to a PostgreSQL that was restarted, say, gets the time to connect again.
 */
const CHECKS_BEFORE_TAKEOVER = 2;

/**
 * Reassigns the lanes of processes that have ended or fallen silent, long before pg-boss would miss their heartbeats.
 * Only speed depends on this: should a living holder be taken for dead, its later statements change nothing, and its
 * calls are read back.
 *
 * @returns a function for the result of every check, one at a time.
 */
export function createTakeover(
  queue: Pick<KeyedQueue, 'reassign' | 'wakeWorkers'>,
): (abandoned: readonly AbandonedLane[]) => Promise<void> {
  /** Checks in a row that found a tenure abandoned, by holder. */
  let checks = new Map<string, number>();

  return async (abandoned) => {
    checks = new Map(abandoned.map(({ holder }) => [holder, (checks.get(holder) ?? 0) + 1]));
    for (const { laneId, holder } of abandoned) {
      if (checks.get(holder) === CHECKS_BEFORE_TAKEOVER) {
        await queue.reassign(String(laneId));
      }
    }
    // pg-boss passes over a key that it believes to be active until it refreshes its list, so this repeats until then.
    if ([...checks.values()].some((times) => times >= CHECKS_BEFORE_TAKEOVER)) {
      queue.wakeWorkers();
    }
  };
}
