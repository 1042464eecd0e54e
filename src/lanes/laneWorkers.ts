import { setTimeout as sleep } from 'node:timers/promises';
import { fromPrisma, PgBoss, type Job } from 'pg-boss';
import type { Log } from '../log.js';
import type { Lane, AbandonedLane } from '../ports/laneRecord.js';
import { createWakeSignal, type WakeSignal } from './wakeSignal.js';
import { drainLane } from './drain.js';
import type { LaneDependencies } from './laneDependencies.js';
import { createTakeover } from './takeover.js';

const QUEUE = 'lane';

/** Seconds without a sign of life after which a lane's job goes to another worker: pg-boss takes no less than 10. */
const HEARTBEAT_SECONDS = 10;

/**
 * How often pg-boss looks for jobs without a sign of life, and how old its picture of the lanes at work may be, in
 * seconds: it passes a lane over that it believes to be held.
 */
const MONITOR_SECONDS = 1;

/** How often an idle worker asks for a job that no notification has announced, in seconds: one that is tried again. */
const POLL_SECONDS = 2;

/** When pg-boss gives a job up for hung, in seconds; a tenure is handed over long before. */
const EXPIRE_SECONDS = 2 * 3_600;

/** A lane's job is never given up: a worker that fails is followed by another, at once. */
const RETRY = { retryLimit: 1_000_000, retryDelay: 0 } as const;

/** Pause before a worker that could not even take its lane gives the job back, in milliseconds. */
const FAILURE_PAUSE_MS = 1_000;

/** How long an ended job is kept, in seconds; it says nothing that the record does not. */
const KEEP_ENDED_SECONDS = 60;

/** How often a process looks for lanes whose work no job stands for, in milliseconds. Belt and braces. */
const SWEEP_MS = 30_000;

/** Most lanes one process works at once. */
const LANES_PER_PROCESS = 64;

/** Connections for fetching jobs, heartbeats and maintenance. */
const BOSS_POOL_SIZE = 2;

/** The pool, and the listener, which has a connection of its own. */
export const LANE_JOB_CONNECTIONS = BOSS_POOL_SIZE + 1;

/** The part of a Prisma transaction that pg-boss needs. */
type Transaction = Parameters<typeof fromPrisma>[0];

/** The workers of this process, and the way to give lanes work. */
export interface LaneWorkers {
  /** Puts a job on each lane inside the transaction; a lane that has one queued keeps that one. */
  enqueue(tx: Transaction, laneIds: readonly number[]): Promise<void>;
  /** Work was committed for these lanes, perhaps on another replica: whoever holds one here looks at once. */
  wake(laneIds: readonly number[]): void;
  /** Told of every look at the lanes: hands on those that were left. */
  takeOver(abandoned: readonly AbandonedLane[]): Promise<void>;
  /** Begins to work lanes. */
  start(): Promise<void>;
  /** Settles what is in flight and hands the lanes over. */
  stop(): Promise<void>;
}

/**
 * Lanes on pg-boss: one queue with policy `stately`, where the singleton key is the lane. Of each lane at most one job
 * is queued and one active across all replicas, so at most one worker holds a lane.
 */
export async function createLaneWorkers(deps: {
  readonly databaseUrl: string;
  readonly lanes: readonly Lane[];
  /** Everything a lane is worked with; asked for once per lane. */
  readonly dependenciesFor: (lane: Lane, wakeSignal: WakeSignal) => LaneDependencies;
  /** Ids of lanes where something waits or is unsettled. */
  readonly lanesWithWork: () => Promise<number[]>;
  /** No other process uses this database: jobs that are there belong to one that has ended, and are not waited for. */
  readonly alone: boolean;
  readonly log: Log;
}): Promise<LaneWorkers> {
  const { log } = deps;
  const boss = new PgBoss({
    connectionString: deps.databaseUrl,
    application_name: 'membership-gateway-lanes',
    max: BOSS_POOL_SIZE,
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
  await boss.createQueue(QUEUE, {
    policy: 'stately',
    notify: true,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    expireInSeconds: EXPIRE_SECONDS,
    deleteAfterSeconds: KEEP_ENDED_SECONDS,
    ...RETRY,
  });

  if (deps.alone) {
    await boss.deleteAllJobs(QUEUE);
  }

  const lanes = new Map(deps.lanes.map((lane) => [lane.id, lane]));
  const tools = new Map<number, LaneDependencies>();
  const stopping = new AbortController();
  const workerIds: string[] = [];
  let sweep: NodeJS.Timeout | undefined;

  const toolsOf = (lane: Lane): LaneDependencies => {
    const known = tools.get(lane.id) ?? deps.dependenciesFor(lane, createWakeSignal());
    tools.set(lane.id, known);
    return known;
  };

  const enqueue: LaneWorkers['enqueue'] = async (tx, laneIds) => {
    await boss.insert(QUEUE, laneIds.map(toJob), { db: fromPrisma(tx) });
  };

  const work = async (job: Job<{ laneId: number }>): Promise<void> => {
    const lane = lanes.get(job.data.laneId);
    if (lane === undefined) {
      log.warn({ laneId: job.data.laneId }, 'a lane that is not configured here is left alone');
      return;
    }
    const held = toolsOf(lane);
    const ring = (): void => {
      held.wakeSignal.notify({ newWork: false });
    };
    job.signal.addEventListener('abort', ring);
    const end = await drainLane(lane, held, { stop: stopping.signal, lost: job.signal }).catch(
      async (error: unknown) => {
        await sleep(FAILURE_PAUSE_MS, undefined, { ref: false });
        throw error;
      },
    );
    log.debug({ lane, end }, 'lane left');
    if (end === 'WORK_WAITS') {
      await boss.insert(QUEUE, [toJob(lane.id)]);
    }
  };

  const takeOver = createTakeover({
    boss,
    queue: QUEUE,
    async enqueue(laneId) {
      await boss.insert(QUEUE, [toJob(laneId)]);
    },
    ring() {
      for (const id of workerIds) {
        boss.notifyWorker(id);
      }
    },
  });

  const enqueueForgotten = async (): Promise<void> => {
    const waiting = (await deps.lanesWithWork()).filter((id) => lanes.has(id));
    if (waiting.length > 0) {
      await boss.insert(QUEUE, waiting.map(toJob));
    }
  };

  const startWorker = (): Promise<string> =>
    boss.work<{ laneId: number }>(
      QUEUE,
      { batchSize: 1, pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: POLL_SECONDS },
      async ([job]) => {
        if (job !== undefined) {
          await work(job);
        }
      },
    );

  return {
    enqueue,
    wake(laneIds) {
      for (const id of laneIds) {
        tools.get(id)?.wakeSignal.notify({ newWork: true });
      }
    },
    takeOver,
    async start() {
      await enqueueForgotten();
      sweep = setInterval(() => {
        enqueueForgotten().catch((error: unknown) => {
          log.warn({ err: error }, 'lanes not swept');
        });
      }, SWEEP_MS);
      // Each on its own, since only a worker that is known by its id can be rung.
      for (let worker = 0; worker < Math.min(lanes.size, LANES_PER_PROCESS); worker += 1) {
        workerIds.push(await startWorker());
      }
    },
    async stop() {
      clearInterval(sweep);
      stopping.abort();
      for (const { wakeSignal } of tools.values()) {
        wakeSignal.notify({ newWork: false });
      }
      await boss.stop({ graceful: true, close: true });
    },
  };
}

function toJob(laneId: number): { data: { laneId: number }; singletonKey: string } {
  return { data: { laneId }, singletonKey: String(laneId) };
}
