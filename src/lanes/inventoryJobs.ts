import { PgBoss } from 'pg-boss';
import type { Log } from '../log.js';
import type { TargetAddress } from '../membership.js';

const QUEUE = 'inventory';

/** Seconds without a sign of life after which a target's job goes to another replica: pg-boss takes no less than 10. */
const HEARTBEAT_SECONDS = 10;

/** When pg-boss gives a job up for hung, in seconds: 50,000 members at a tenth of GuardDuty's rate. */
const EXPIRE_SECONDS = 2 * 3_600;

/** A job whose process ends, or whose database fails, is tried again; what is still wanted after that, the sweep finds. */
const RETRY = { retryLimit: 100, retryDelay: 1 } as const;

/** How long an ended job is kept, in seconds: what became of it is in the observations. */
const KEEP_ENDED_SECONDS = 60;

/**
 * How often a worker looks for jobs of other replicas, in seconds; its own replica's ring. So old, too, may pg-boss's picture
 * of the targets at work be: it passes one over that it believes to be held.
 */
const POLL_SECONDS = 2;

/** How often a process looks for targets that have become due, or are wanted and have no job, in milliseconds. */
const SWEEP_MS = 30_000;

/** Targets that one process observes at once: each of them keeps all its members in memory until they are whole. */
const TARGETS_AT_ONCE = 8;

/** Connections for fetching jobs and heartbeats; maintenance is for the lanes' own instance, which every replica has. */
const POOL_SIZE = 1;

export const INVENTORY_JOB_CONNECTIONS = POOL_SIZE;

/** The jobs that observe targets. */
export interface InventoryJobs {
  /** Puts a job on each target; one that has a job queued keeps that one. */
  enqueue(targets: readonly TargetAddress[]): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Observations on pg-boss: one queue with policy `stately`, where the singleton key is the target. Of each target at most one
 * job is queued and one active across all replicas. A job is only a wake-up: whether its target is wanted stands in the
 * inventory, so that a job too many does nothing, and one that is lost is made up for.
 */
export async function createInventoryJobs(deps: {
  readonly databaseUrl: string;
  readonly targets: readonly TargetAddress[];
  /** The work of a job. */
  readonly observe: (target: TargetAddress) => Promise<void>;
  /** Targets that wait to be observed, those included that have just become due. */
  readonly waiting: () => Promise<readonly TargetAddress[]>;
  /** No other process uses this database: jobs that are there belong to one that has ended, and are not waited for. */
  readonly alone: boolean;
  readonly log: Log;
}): Promise<InventoryJobs> {
  const { log } = deps;
  const boss = new PgBoss({
    connectionString: deps.databaseUrl,
    application_name: 'membership-gateway-inventory',
    max: POOL_SIZE,
    supervise: false,
    schedule: false,
    queueCacheIntervalSeconds: POLL_SECONDS,
  });
  boss.on('error', (error) => {
    log.error({ err: error }, 'pg-boss');
  });
  await boss.start();
  await boss.createQueue(QUEUE, {
    policy: 'stately',
    heartbeatSeconds: HEARTBEAT_SECONDS,
    expireInSeconds: EXPIRE_SECONDS,
    deleteAfterSeconds: KEEP_ENDED_SECONDS,
    ...RETRY,
  });
  if (deps.alone) {
    await boss.deleteAllJobs(QUEUE);
  }

  const byKey = new Map(deps.targets.map((target) => [keyOf(target), target]));
  const workerIds: string[] = [];
  let timer: NodeJS.Timeout | undefined;

  const enqueue = async (targets: readonly TargetAddress[]): Promise<void> => {
    if (targets.length === 0) {
      return;
    }
    await boss.insert(
      QUEUE,
      targets.map((target) => ({ data: { key: keyOf(target) }, singletonKey: keyOf(target) })),
    );
    for (const id of workerIds) {
      boss.notifyWorker(id);
    }
  };

  const sweep = (): void => {
    deps
      .waiting()
      .then(enqueue)
      .catch((error: unknown) => {
        log.warn({ err: error }, 'inventory not swept');
      });
  };

  const startWorker = (): Promise<string> =>
    boss.work<{ key: string }>(
      QUEUE,
      { batchSize: 1, pollingIntervalSeconds: POLL_SECONDS },
      async ([job]) => {
        const target = byKey.get(job?.data.key ?? '');
        if (target !== undefined) {
          await deps.observe(target);
        }
      },
    );

  return {
    enqueue,
    async start() {
      // Each on its own, since only a worker that is known by its id can be rung.
      for (let worker = 0; worker < Math.min(byKey.size, TARGETS_AT_ONCE); worker += 1) {
        workerIds.push(await startWorker());
      }
      sweep();
      timer = setInterval(sweep, SWEEP_MS);
    },
    async stop() {
      clearInterval(timer);
      await boss.stop({ graceful: true, close: true });
    },
  };
}

function keyOf({ administrator, service, region }: TargetAddress): string {
  return `${administrator}/${service}/${region}`;
}
