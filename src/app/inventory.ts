import type { Closers } from '../closers.js';
import type { Config } from '../config/loadConfig.js';
import { createInventoryJobs } from '../lanes/inventoryJobs.js';
import type { Log } from '../log.js';
import type { Administrator, TargetAddress } from '../membership.js';
import type { InventoryReads } from '../ports/inventory.js';
import type { MemberCache } from '../ports/memberCache.js';
import type { ListAllMembers } from '../ports/memberListing.js';
import { withDeadline, type Deadline } from '../services/deadline.js';
import { startHousekeeping } from '../services/upkeep/housekeeping.js';
import { createInventory, type InventoryService } from '../services/inventory/inventory.js';
import { MAX_AGE_SECONDS } from '../services/input/maxAge.js';
import { createObserveTarget } from '../services/inventory/observeTarget.js';
import { createRefreshInventory, type RefreshInventory } from '../services/inventory/refreshInventory.js';
import type { Database } from '../store/connection/client.js';
import { createInventoryObservations } from '../store/inventory/inventoryObservations.js';

/** Days that the record of observations is kept; what they saw stays until another is whole. */
const OBSERVATIONS_KEPT_DAYS = 30;

/** What the inventory is made of. */
export interface InventoryTools {
  readonly config: Config;
  readonly databaseUrl: string;
  /** No other process uses it. */
  readonly alone: boolean;
  readonly database: Database;
  readonly administrators: readonly Administrator[];
  /** The configured targets. */
  readonly targets: readonly TargetAddress[];
  readonly laneIdOf: (target: TargetAddress) => number;
  readonly kept: MemberCache;
  readonly reads: InventoryReads;
  /** Asks the service now. */
  readonly listNow: ListAllMembers;
  readonly stopping: AbortSignal;
}

/** The inventory of members, and the jobs that observe it. */
export interface Inventory {
  /** What the resolvers of one operation use. */
  forOperation(deadlineOf: () => Deadline | null): {
    readonly inventory: InventoryService;
    readonly refreshInventory: RefreshInventory;
  };
  /** Begins to observe. */
  start(): Promise<void>;
}

/** Puts those parts together. */
export async function createInventoryParts(
  { config, databaseUrl, alone, database, laneIdOf, kept, reads, listNow, ...tools }: InventoryTools,
  { log, closers }: { log: Log; closers: Closers },
): Promise<Inventory> {
  const { administrators, targets, stopping } = tools;
  const observations = createInventoryObservations(database.prisma, laneIdOf);
  const minutes = config.inventoryIntervalMinutes;
  const jobs = await createInventoryJobs({
    databaseUrl,
    targets,
    observe: createObserveTarget({ observations, listAllMembers: listNow, log }),
    async waiting() {
      if (minutes !== null) {
        await observations.wantOlderThan(targets, minutes);
      }
      return observations.wanted(targets);
    },
    alone,
    log,
  });
  closers.add('inventory', () => jobs.stop());
  const housekeeping = startHousekeeping(
    {
      'kept reads': () => kept.erase(MAX_AGE_SECONDS),
      observations: () => observations.forget(OBSERVATIONS_KEPT_DAYS),
    },
    log,
  );
  closers.add('housekeeping of the inventory', () => housekeeping.stop());
  const refreshInventory = createRefreshInventory({
    administrators,
    observations,
    start: (wanted) => jobs.enqueue(wanted),
    stopping,
  });
  return {
    forOperation: (deadlineOf) => ({
      inventory: createInventory(administrators, withDeadline(reads, deadlineOf, database.cancellable)),
      refreshInventory,
    }),
    start: () => jobs.start(),
  };
}
