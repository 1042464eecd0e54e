import type { PgBoss } from 'pg-boss';
import type { AbandonedLane } from '../ports/laneRecord.js';

/**
 * How often in a row a lane must be seen without a sign of life of its holder's process: a process that has just lost
 * its connection, to a PostgreSQL that was restarted, say, gets the time to make it again.
 */
const SIGHTINGS = 2;

/** The lanes' jobs in pg-boss, as far as a takeover needs them. */
export interface LaneJobs {
  readonly boss: Pick<PgBoss, 'findJobs' | 'fail'>;
  readonly queue: string;
  /** Puts a job on a lane that has none. */
  readonly enqueue: (laneId: number) => Promise<void>;
  /** Has this process's idle workers look for jobs now. */
  readonly ring: () => void;
}

/**
 * Hands on the lanes of processes that have ended or fallen silent, long before pg-boss would miss their heartbeats. Only
 * speed depends on it: were a living holder taken for dead, its statements would touch nothing from then on, and its calls
 * would be read back.
 *
 * @returns what is to be told of every look at the lanes, one at a time.
 */
export function createTakeover({
  boss,
  queue,
  enqueue,
  ring,
}: LaneJobs): (left: readonly AbandonedLane[]) => Promise<void> {
  let sightings = new Map<string, number>();

  /** The job's attempt fences this: of several processes that see the same, one has its way. */
  const handOn = async ({ laneId }: AbandonedLane): Promise<void> => {
    const jobs = await boss.findJobs(queue, { key: String(laneId) });
    const active = jobs
      .filter(({ state }) => state === 'active')
      .map(({ id, retryCount }) => ({ id, retryCount }));
    if (active.length > 0) {
      await boss.fail(queue, active);
    } else if (!jobs.some(({ state }) => state === 'created' || state === 'retry')) {
      await enqueue(laneId);
    }
  };

  return async (left) => {
    sightings = new Map(left.map(({ holder }) => [holder, (sightings.get(holder) ?? 0) + 1]));
    for (const lane of left) {
      if (sightings.get(lane.holder) === SIGHTINGS) {
        await handOn(lane);
      }
    }
    // pg-boss gives a lane out that it believes to be held only after its next look, so this is repeated until then.
    if ([...sightings.values()].some((times) => times >= SIGHTINGS)) {
      ring();
    }
  };
}
