import { createInventoryJobs, type InventoryJobs } from '../lanes/inventoryJobs.js';
import type { InventoryObservations, InventoryReads } from '../ports/inventory.js';
import type { ListAllMembers } from '../ports/memberListing.js';
import { createInventory, type InventoryService } from '../services/inventory/inventory.js';
import { createObserveTarget } from '../services/inventory/observeTarget.js';
import { createRefreshInventory, type RefreshInventory } from '../services/inventory/refreshInventory.js';
import type { SpendPoints } from '../services/spendPoints.js';
import { createInventoryObservations } from '../store/inventory/inventoryObservations.js';
import type { GatewayCore } from './core.js';
import type { OperationReads } from './operationReads.js';

/** The inventory of members, and the jobs that observe targets. */
export interface Inventory {
  readonly observations: InventoryObservations;
  readonly refreshInventory: RefreshInventory;
  /** The reads of one operation, which end at its deadline. */
  forOperation(reads: OperationReads): InventoryService;
  /** Begins to observe targets. */
  start(): Promise<void>;
}

/** Prepares the inventory. `listAllMembers` lists by ListMembers, never from the inventory itself. */
export async function prepareInventory(
  core: GatewayCore,
  reads: InventoryReads,
  { listAllMembers, spend }: { readonly listAllMembers: ListAllMembers; readonly spend: SpendPoints },
): Promise<Inventory> {
  const { administrators, database, lanes, stopping, process } = core;
  const observations = createInventoryObservations(database.prisma, lanes.idOf);
  const observe = createObserveTarget({ observations, listAllMembers, log: process.log });
  const jobs = await createJobs(core, observations, observe);
  process.closers.add('inventory', () => jobs.stop());
  return {
    observations,
    refreshInventory: createRefreshInventory({
      administrators,
      observations,
      spend,
      start: (targets) => jobs.enqueue(targets),
      stopping,
    }),
    forOperation: (operation) => createInventory(administrators, operation.bounded(reads), spend),
    start: () => jobs.start(),
  };
}

function createJobs(
  { config, jobQueues, isAlone, lanes, process }: GatewayCore,
  observations: InventoryObservations,
  observe: ReturnType<typeof createObserveTarget>,
): Promise<InventoryJobs> {
  const minutes = config.inventoryIntervalMinutes;
  return createInventoryJobs({
    boss: jobQueues.boss,
    targets: lanes.all,
    observe,
    async waiting() {
      if (minutes !== null) {
        await observations.scheduleOlderThan(lanes.all, minutes);
      }
      return observations.due(lanes.all);
    },
    alone: isAlone,
    log: process.log,
  });
}
