import type { PgBoss } from 'pg-boss';
import type { Log } from '../log.js';
import { targetKey, type TargetAddress } from '../membership.js';
import { createKeyedQueue } from './keyedQueue.js';

/** An observation whose process ends, or whose database fails, is tried again; after that, the sweep finds its target. */
const RETRY = { retryLimit: 100, retryDelay: 1 } as const;

/** How often an idle worker looks for jobs of other replicas, in seconds; its own replica notifies it. */
const POLL_SECONDS = 2;

/** Targets that one process observes at once. Each keeps all its members in memory until they are complete. */
const MAX_TARGETS_AT_ONCE = 8;

/** The jobs that observe targets. */
export interface InventoryJobs {
  /** Puts a job on each target. A target whose job waits keeps that job. */
  enqueue(targets: readonly TargetAddress[]): Promise<void>;
  /** Begins to observe. */
  start(): Promise<void>;
  /** Waits for the observations at work. */
  stop(): Promise<void>;
}

/**
 * A queue of observations, whose key is the target. A job is only a wake-up: the inventory says whether its target is
 * to be observed. One job too many thus does nothing, and a lost one is made up for by the sweep.
 */
export async function createInventoryJobs(deps: {
  readonly boss: PgBoss;
  readonly targets: readonly TargetAddress[];
  /** Observes one target. */
  readonly observe: (target: TargetAddress) => Promise<void>;
  /** Targets that wait to be observed, those that have just become due among them. */
  readonly waiting: () => Promise<readonly TargetAddress[]>;
  /** No other process uses this database: its jobs belong to processes that have ended. */
  readonly alone: boolean;
  readonly log: Log;
}): Promise<InventoryJobs> {
  const { boss, observe, alone, log } = deps;
  const byKey = new Map(deps.targets.map((target) => [targetKey(target), target]));
  const queue = await createKeyedQueue({
    boss,
    name: 'inventory',
    retry: RETRY,
    notify: false,
    pollSeconds: POLL_SECONDS,
    workers: Math.min(byKey.size, MAX_TARGETS_AT_ONCE),
    dataOf: (key) => ({ key }),
    async work(key) {
      const target = byKey.get(key);
      if (target !== undefined) {
        await observe(target);
      }
    },
    keysWithWork: async () => (await deps.waiting()).map(targetKey),
    alone,
    log,
  });
  return {
    enqueue: (targets) => queue.enqueue(targets.map(targetKey)),
    start: () => queue.start(),
    stop: () => queue.stop(),
  };
}
