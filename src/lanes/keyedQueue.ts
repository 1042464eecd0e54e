import { fromPrisma, type JobInsert, type PgBoss } from 'pg-boss';
import type { Log } from '../log.js';

/** Seconds without a heartbeat after which a job goes to another worker: pg-boss takes no less than 10. */
const HEARTBEAT_SECONDS = 10;

/** When pg-boss takes a job for hung, in seconds. Lanes and observations end long before. */
const EXPIRE_SECONDS = 2 * 3_600;

/** How long an ended job is kept, in seconds: the record says the same, for good. */
const KEEP_ENDED_SECONDS = 60;

/** How often a process looks for keys with work and without a job, in milliseconds. */
const SWEEP_INTERVAL_MS = 30_000;

/** The part of a Prisma transaction that pg-boss needs. */
export type Transaction = Parameters<typeof fromPrisma>[0];

/** The settings of one queue. */
export interface KeyedQueueOptions {
  readonly boss: PgBoss;
  readonly name: string;
  /** How often a failed job is tried again, and after how many seconds. */
  readonly retry: { readonly retryLimit: number; readonly retryDelay: number };
  /** Whether a new job wakes the workers of every replica (NOTIFY); else those of this process only. */
  readonly notify: boolean;
  /** How often an idle worker looks for jobs of which it was not notified, in seconds. */
  readonly pollSeconds: number;
  /** Jobs at work at once in this process. */
  readonly workers: number;
  /** The data of a key's job, for operators who read the table. */
  readonly dataOf: (key: string) => object;
  /** Works a job. `lost` aborts when the job is another worker's. */
  readonly work: (key: string, lost: AbortSignal) => Promise<void>;
  /** Keys with work: the sweep puts a job on those that have none. */
  readonly keysWithWork: () => Promise<readonly string[]>;
  /** No other process uses this database: jobs in the queue belong to processes that have ended, and are deleted. */
  readonly alone: boolean;
  readonly log: Log;
}

/** A queue of jobs by key: of each key at most one job waits and one is at work, across all replicas. */
export interface KeyedQueue {
  /** Puts a job on each key, inside the transaction if there is one. A key whose job waits keeps that job. */
  enqueue(keys: readonly string[], tx?: Transaction): Promise<void>;
  /** Takes the key's job from its worker, so that another one gets it. Puts a job on a key that has none. */
  reassign(key: string): Promise<void>;
  /** Makes idle workers of this process fetch jobs now. */
  wakeWorkers(): void;
  /** Sweeps for the first time and starts the workers. */
  start(): Promise<void>;
  /** Ends the sweep, then waits for the jobs at work in this process. */
  stop(): Promise<void>;
}

/** A queue with pg-boss's policy `stately`, whose singleton key is the key. */
export async function createKeyedQueue(options: KeyedQueueOptions): Promise<KeyedQueue> {
  const { boss, name, dataOf, log } = options;
  await createQueue(options);
  const workerIds: string[] = [];
  let timer: NodeJS.Timeout | undefined;

  const wakeWorkers = (): void => {
    for (const id of workerIds) {
      boss.notifyWorker(id);
    }
  };

  const enqueue = async (keys: readonly string[], tx?: Transaction): Promise<void> => {
    if (keys.length === 0) {
      return;
    }
    const jobs = keys.map((key): JobInsert => ({ data: dataOf(key), singletonKey: key }));
    await boss.insert(name, jobs, tx === undefined ? {} : { db: fromPrisma(tx) });
    if (!options.notify) {
      wakeWorkers();
    }
  };

  const sweep = async (): Promise<void> => enqueue(await options.keysWithWork());

  return {
    enqueue,
    async reassign(key) {
      if (!(await failActive(options, key))) {
        await enqueue([key]);
      }
    },
    wakeWorkers,
    async start() {
      await sweep();
      timer = setInterval(() => {
        sweep().catch((error: unknown) => {
          log.warn({ err: error, queue: name }, 'the search for work without a job failed');
        });
      }, SWEEP_INTERVAL_MS);
      // Each on its own: only a worker that is known by its id can be notified.
      for (let worker = 0; worker < options.workers; worker += 1) {
        workerIds.push(await startWorker(options));
      }
    },
    async stop() {
      clearInterval(timer);
      await boss.offWork(name, { wait: true });
    },
  };
}

async function createQueue({ boss, name, notify, retry, alone }: KeyedQueueOptions): Promise<void> {
  await boss.createQueue(name, {
    policy: 'stately',
    notify,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    expireInSeconds: EXPIRE_SECONDS,
    deleteAfterSeconds: KEEP_ENDED_SECONDS,
    ...retry,
  });
  if (alone) {
    await boss.deleteAllJobs(name);
  }
}

function startWorker({ boss, name, pollSeconds, notify, work }: KeyedQueueOptions): Promise<string> {
  const polling = notify
    ? { pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: pollSeconds }
    : { pollingIntervalSeconds: pollSeconds };
  return boss.work(name, { batchSize: 1, includeMetadata: true, ...polling }, async ([job]) => {
    if (job !== undefined && job.singletonKey !== null) {
      await work(job.singletonKey, job.signal);
    }
  });
}

/**
 * Fails the key's active job, which pg-boss then gives to another worker. The job's attempt fences this: of several
 * processes that try the same at once, one succeeds.
 *
 * @returns whether the key has a job, active or waiting.
 */
async function failActive({ boss, name }: KeyedQueueOptions, key: string): Promise<boolean> {
  const jobs = await boss.findJobs(name, { key });
  const active = jobs
    .filter(({ state }) => state === 'active')
    .map(({ id, retryCount }) => ({ id, retryCount }));
  if (active.length > 0) {
    await boss.fail(name, active);
    return true;
  }
  return jobs.some(({ state }) => state === 'created' || state === 'retry');
}
