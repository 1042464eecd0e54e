import { setTimeout as sleep } from 'node:timers/promises';
import type { TargetAddress } from '../../membership.js';
import type { InventoryObservations, InventoryState } from '../../ports/inventory.js';

/** Time between two polls, in milliseconds. */
const POLL_INTERVAL_MS = 200;

/** Resolves with the states of the targets, read at most POLL_INTERVAL_MS after the call. */
export type PollStates = (targets: readonly TargetAddress[]) => Promise<readonly InventoryState[]>;

/** Polls the states of targets: one statement reads the targets of all callers that wait. */
export function createPollStates(observations: Pick<InventoryObservations, 'states'>): PollStates {
  let next: { readonly targets: Map<string, TargetAddress>; readonly states: Promise<States> } | null = null;

  const readAfterPause = async (targets: ReadonlyMap<string, TargetAddress>): Promise<States> => {
    await sleep(POLL_INTERVAL_MS);
    next = null;
    const states = await observations.states([...targets.values()]);
    return new Map(states.map((state) => [keyOf(state), state]));
  };

  return async (targets) => {
    if (next === null) {
      const wanted = new Map<string, TargetAddress>();
      next = { targets: wanted, states: readAfterPause(wanted) };
    }
    for (const target of targets) {
      next.targets.set(keyOf(target), target);
    }
    const states = await next.states;
    return targets.flatMap((target) => states.get(keyOf(target)) ?? []);
  };
}

type States = ReadonlyMap<string, InventoryState>;

function keyOf({ administrator, service, region }: TargetAddress): string {
  return `${service} ${region} ${administrator}`;
}
