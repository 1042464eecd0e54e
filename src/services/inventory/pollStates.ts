import DataLoader from 'dataloader';
import { targetKey, type TargetAddress } from '../../membership.js';
import type { InventoryObservations, InventoryState } from '../../ports/inventory.js';

/** Time between two polls, in milliseconds. */
const POLL_INTERVAL_MS = 200;

/** Resolves with the states of the targets, read POLL_INTERVAL_MS after the call at the latest. */
export type PollStates = (targets: readonly TargetAddress[]) => Promise<readonly InventoryState[]>;

/** Polls the states of targets: one statement reads the targets of all callers that wait. */
export function createPollStates(observations: Pick<InventoryObservations, 'states'>): PollStates {
  const states = new DataLoader<TargetAddress, InventoryState, string>(
    (targets) => {
      // The next poll reads anew.
      states.clearAll();
      return observations.states(targets);
    },
    {
      cacheKeyFn: targetKey,
      batchScheduleFn(read) {
        setTimeout(read, POLL_INTERVAL_MS);
      },
    },
  );
  return (targets) => Promise.all(targets.map((target) => states.load(target)));
}
