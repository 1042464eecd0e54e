import { type DatabaseOptions, PgBoss } from 'pg-boss';
import type { Log } from '../log.js';

/** Connections of pg-boss's pool: fetching jobs, heartbeats, upkeep. Ours: each is used for some milliseconds a second. */
const POOL_SIZE = 3;

/** Most connections to PostgreSQL that the job queues of one process hold: the pool, and the listener beside it. */
export const JOB_QUEUE_CONNECTIONS = POOL_SIZE + 1;

/**
 * How often pg-boss looks for jobs without a sign of life, and how old its picture of the active jobs may be, in
 * seconds. It passes a key over that it believes to be active, so this is what a takeover of a lane waits for.
 */
const MONITOR_SECONDS = 1;

/** The one instance of pg-boss in a process. */
export interface JobQueues {
  readonly boss: PgBoss;
  /** Waits for jobs at work, and closes the connections. The queues stop first. */
  stop(): Promise<void>;
}

/** Connects pg-boss and brings its tables up to date. */
export async function openJobQueues(connection: DatabaseOptions, log: Log): Promise<JobQueues> {
  const boss = new PgBoss({
    ...connection,
    max: POOL_SIZE,
    useListenNotify: true,
    schedule: false,
    monitorIntervalSeconds: MONITOR_SECONDS,
    superviseIntervalSeconds: MONITOR_SECONDS,
    queueCacheIntervalSeconds: MONITOR_SECONDS,
  });
  boss.on('error', (error) => {
    log.error({ err: error }, 'pg-boss');
  });
  boss.on('warning', (warning) => {
    log.warn({ warning }, 'pg-boss');
  });
  await boss.start();
  return {
    boss,
    stop: () => boss.stop({ graceful: true, close: true }),
  };
}
