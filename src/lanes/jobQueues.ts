import { setTimeout as sleep } from 'node:timers/promises';
import { type ConstructorOptions, PgBoss } from 'pg-boss';
import type { Log } from '../log.js';

/**
 * How often pg-boss looks for jobs without a sign of life, and how old its picture of the active jobs may be, in
 * seconds. It passes a key over that it believes to be active, so this is what a takeover of a lane waits for.
 */
const MONITOR_SECONDS = 1;

/** How often pg-boss begins to build an index of a migration, in seconds; it takes no less than 10. */
const INDEX_INTERVAL_SECONDS = 10;

/** How often the end of those indexes is checked, in milliseconds. */
const INDEX_CHECK_MS = 500;

/** The one instance of pg-boss in a process. */
export interface JobQueues {
  readonly boss: PgBoss;
  /** Waits for jobs at work. The queues stop first. */
  stop(): Promise<void>;
}

/** Where pg-boss keeps its tables. */
export interface JobQueueOptions {
  /** The connections, which stay open after `stop`. */
  readonly database: NonNullable<ConstructorOptions['db']>;
  /** The schema of its tables, which exists. */
  readonly schema: string;
  readonly log: Log;
}

/** Starts pg-boss. Its tables are brought up to date if they are not; a role that may create nothing can use them as they are. */
export async function openJobQueues(options: JobQueueOptions): Promise<JobQueues> {
  const boss = createBoss(options, { useListenNotify: true });
  try {
    await boss.start();
  } catch (error) {
    // A start that fails half-way leaves parts running.
    await boss.stop({ graceful: false });
    throw error;
  }
  return {
    boss,
    stop: () => boss.stop({ graceful: true }),
  };
}

/**
 * Brings the tables of pg-boss up to date, and waits for the indexes that it builds afterwards. A database that is up to
 * date is only read.
 */
export async function migrateJobQueues(options: JobQueueOptions): Promise<void> {
  const boss = createBoss(options, { supervise: false, bamIntervalSeconds: INDEX_INTERVAL_SECONDS });
  try {
    await boss.start();
    while (
      (await boss.getBamStatus()).some(({ status }) => status === 'pending' || status === 'in_progress')
    ) {
      await sleep(INDEX_CHECK_MS);
    }
  } finally {
    await boss.stop({ graceful: false });
  }
}

function createBoss({ database, schema, log }: JobQueueOptions, settings: ConstructorOptions): PgBoss {
  const boss = new PgBoss({
    db: database,
    schema,
    createSchema: false,
    schedule: false,
    monitorIntervalSeconds: MONITOR_SECONDS,
    superviseIntervalSeconds: MONITOR_SECONDS,
    queueCacheIntervalSeconds: MONITOR_SECONDS,
    ...settings,
  });
  boss.on('error', (error) => {
    // Each worker tells of a database that fails, every two seconds. The database's log says it once.
    const { code } = error as { code?: unknown };
    log[code === 'UNAVAILABLE' ? 'debug' : 'error']({ err: error }, 'pg-boss');
  });
  boss.on('warning', (warning) => {
    log.warn({ warning }, 'pg-boss');
  });
  return boss;
}
