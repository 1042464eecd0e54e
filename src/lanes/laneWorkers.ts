import { setTimeout as sleep } from 'node:timers/promises';
import type { PgBoss } from 'pg-boss';
import type { Log } from '../log.js';
import type { AbandonedLane, Lane } from '../ports/laneRecord.js';
import { drainLane } from './drain.js';
import { createKeyedQueue, type KeyedQueue, type Transaction } from './keyedQueue.js';
import type { LaneDependencies } from './laneDependencies.js';
import { createTakeover } from './takeover.js';
import { createWakeSignal, type WakeSignal } from './wakeSignal.js';

/** A lane's job is never given up: a worker that fails is followed by another at once. */
const RETRY = { retryLimit: 1_000_000, retryDelay: 0 } as const;

/** How often an idle worker looks for a job without a notification, in seconds: a job that is tried again has none. */
const POLL_SECONDS = 2;

/** Pause before a worker that could not even acquire its lane gives the job back, in milliseconds. */
const FAILED_JOB_PAUSE_MS = 1_000;

/** Most lanes that one process works at once. */
const MAX_LANES_AT_ONCE = 64;

/** The workers of this process, and the way to give lanes work. */
export interface LaneWorkers {
  /** Puts a job on each lane inside the transaction. A lane whose job waits keeps that job. */
  enqueue(tx: Transaction, laneIds: readonly number[]): Promise<void>;
  /** Tells the holders in this process that accounts may have been added to these lanes, by any replica. */
  wake(laneIds: readonly number[]): void;
  /** Takes the result of every check for abandoned lanes, and reassigns them. */
  takeOver(abandoned: readonly AbandonedLane[]): Promise<void>;
  /** Begins to work lanes. */
  start(): Promise<void>;
  /** Settles the calls in flight and hands the lanes over. */
  stop(): Promise<void>;
}

/** What the workers need. */
export interface LaneWorkersDependencies {
  readonly boss: PgBoss;
  readonly lanes: readonly Lane[];
  /** Called once for each lane. */
  readonly dependenciesFor: (lane: Lane, wakeSignal: WakeSignal) => LaneDependencies;
  /** Ids of lanes with outcomes that are PENDING, or calls that are not settled. */
  readonly lanesWithWork: () => Promise<number[]>;
  /** No other process uses this database: its jobs belong to processes that have ended. */
  readonly alone: boolean;
  readonly log: Log;
}

/**
 * Workers of a queue whose key is the lane. Of each lane at most one job is at work across all replicas, so at most one
 * worker holds a lane.
 */
export async function createLaneWorkers(deps: LaneWorkersDependencies): Promise<LaneWorkers> {
  const lanes = new Map(deps.lanes.map((lane) => [lane.id, lane]));
  const wakeSignals = new Map<number, WakeSignal>();
  const stopping = new AbortController();
  const dependenciesOf = oncePerLane((lane) => {
    const wakeSignal = createWakeSignal();
    wakeSignals.set(lane.id, wakeSignal);
    return deps.dependenciesFor(lane, wakeSignal);
  });

  const queue: KeyedQueue = await createKeyedQueue({
    boss: deps.boss,
    name: 'lane',
    retry: RETRY,
    notify: true,
    pollSeconds: POLL_SECONDS,
    workers: Math.min(lanes.size, MAX_LANES_AT_ONCE),
    dataOf: (key) => ({ laneId: Number(key) }),
    async work(key, lost) {
      const lane = lanes.get(Number(key));
      if (lane === undefined) {
        deps.log.warn({ laneId: Number(key) }, 'the lane of a job is not configured here: its work waits');
        return;
      }
      const end = await workLane(dependenciesOf(lane), lane, { stop: stopping.signal, lost });
      if (end === 'WORK_WAITS') {
        await queue.enqueue([key]);
      }
    },
    async keysWithWork() {
      return (await deps.lanesWithWork()).filter((id) => lanes.has(id)).map(String);
    },
    alone: deps.alone,
    log: deps.log,
  });

  const notifyLanes = (laneIds: Iterable<number>, newWork: boolean): void => {
    for (const id of laneIds) {
      wakeSignals.get(id)?.notify({ newWork });
    }
  };

  return {
    enqueue: (tx, laneIds) => queue.enqueue(laneIds.map(String), tx),
    wake(laneIds) {
      notifyLanes(laneIds, true);
    },
    takeOver: createTakeover(queue),
    start: () => queue.start(),
    async stop() {
      stopping.abort();
      notifyLanes(wakeSignals.keys(), false);
      await queue.stop();
    },
  };
}

function oncePerLane(create: (lane: Lane) => LaneDependencies): (lane: Lane) => LaneDependencies {
  const created = new Map<number, LaneDependencies>();
  return (lane) => {
    const known = created.get(lane.id) ?? create(lane);
    created.set(lane.id, known);
    return known;
  };
}

async function workLane(
  deps: LaneDependencies,
  lane: Lane,
  signals: Parameters<typeof drainLane>[2],
): ReturnType<typeof drainLane> {
  const wakeUp = (): void => {
    deps.wakeSignal.notify({ newWork: false });
  };
  signals.lost.addEventListener('abort', wakeUp);
  try {
    const end = await drainLane(lane, deps, signals);
    deps.log.debug({ lane, end }, 'tenure of a lane ended');
    return end;
  } catch (error) {
    await sleep(FAILED_JOB_PAUSE_MS, undefined, { ref: false });
    throw error;
  } finally {
    signals.lost.removeEventListener('abort', wakeUp);
  }
}
