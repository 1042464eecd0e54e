import { type ConstructorOptions, PgBoss } from 'pg-boss';
import type { Log } from '../log.js';

/**
 * How often pg-boss looks for jobs without a sign of life, and how old its picture of the active jobs may be, in
 * seconds. It passes a key over that it believes to be active, so this is what a takeover of a lane waits for.
 */
const MONITOR_SECONDS = 1;

/** The connections of the job queues, as pg-boss wants them. */
type JobQueuesDatabase = NonNullable<ConstructorOptions['db']>;

/** The one instance of pg-boss in a process. */
export interface JobQueues {
  readonly boss: PgBoss;
  /** Waits for jobs at work. The queues stop first. */
  stop(): Promise<void>;
}

/** Starts pg-boss and brings its tables up to date. The connections of `database` stay open after `stop`. */
export async function openJobQueues(database: JobQueuesDatabase, log: Log): Promise<JobQueues> {
  const boss = new PgBoss({
    db: database,
    useListenNotify: true,
    schedule: false,
    monitorIntervalSeconds: MONITOR_SECONDS,
    superviseIntervalSeconds: MONITOR_SECONDS,
    queueCacheIntervalSeconds: MONITOR_SECONDS,
  });
  boss.on('error', (error) => {
    // Each worker tells of a database that fails, every two seconds. The database's log says it once.
    const { code } = error as { code?: unknown };
    log[code === 'UNAVAILABLE' ? 'debug' : 'error']({ err: error }, 'pg-boss');
  });
  boss.on('warning', (warning) => {
    log.warn({ warning }, 'pg-boss');
  });
  await boss.start();
  return {
    boss,
    stop: () => boss.stop({ graceful: true }),
  };
}
