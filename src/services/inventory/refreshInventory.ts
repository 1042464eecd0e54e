import type {
  Administrator,
  Caller,
  InventoryRefreshStatus,
  ReasonCode,
  SecurityService,
  TargetAddress,
} from '../../membership.js';
import type { InventoryObservations, InventoryState } from '../../ports/inventory.js';
import { optionFaults, WAIT_SECONDS } from '../input/checkOptions.js';
import { checkTargets } from '../input/checkTargets.js';
import { toUserErrors, type UserError } from '../input/faults.js';
import { LISTED_TARGET_POINTS, type SpendPoints } from '../spendPoints.js';
import { createPollStates } from './pollStates.js';

/** The targets to observe again. Absent and null mean the default, as in requests. */
export interface RefreshInventoryInput {
  readonly administrator?: string | null;
  readonly services?: readonly SecurityService[] | null;
  readonly regions?: readonly string[] | null;
  /** 0 to 60; default 20. */
  readonly waitSeconds?: number | null;
}

/** One target of a refresh. */
export interface RefreshedTarget extends TargetAddress {
  readonly status: InventoryRefreshStatus;
  /** Start of the last complete observation, of this refresh or an earlier one; null when there is none. */
  readonly observedAt: Date | null;
  /** Number of members in that observation. */
  readonly members: number | null;
  /** Why this refresh failed; null when it did not. */
  readonly reasonCode: ReasonCode | null;
  readonly reason: string | null;
}

/**
 * Requests observations of targets, at the expense of the caller's budget, and waits for them up to `waitSeconds` or until the
 * caller disconnects; they continue after that. Rejects as `SpendPoints` does.
 */
export type RefreshInventory = (
  caller: Caller,
  input: RefreshInventoryInput,
) => Promise<{ readonly targets: readonly RefreshedTarget[]; readonly userErrors: readonly UserError[] }>;

/** @param start starts the job of each target. */
export function createRefreshInventory({
  administrators,
  observations,
  spend,
  start,
  stopping,
}: {
  readonly administrators: readonly Administrator[];
  readonly observations: Pick<InventoryObservations, 'schedule' | 'states'>;
  readonly spend: SpendPoints;
  readonly start: (targets: readonly TargetAddress[]) => Promise<void>;
  readonly stopping: AbortSignal;
}): RefreshInventory {
  const pollStates = createPollStates(observations);
  const waitFor = async (
    targets: readonly TargetAddress[],
    { since, until, disconnected }: { since: Date; until: number; disconnected: AbortSignal | undefined },
  ): Promise<readonly RefreshedTarget[]> => {
    let states: readonly InventoryState[] = await observations.states(targets);
    for (;;) {
      const refreshed = states.map((state) => toRefreshed(state, since));
      const isOpen = refreshed.some(({ status }) => status === 'WAITING' || status === 'RUNNING');
      const isOver = performance.now() >= until || stopping.aborted || disconnected?.aborted === true;
      if (!isOpen || isOver) {
        return refreshed;
      }
      states = await pollStates(targets);
    }
  };

  return async (caller, input) => {
    const { targets, faults: targetFaults } = checkTargets(administrators, caller, input);
    const faults = [...targetFaults, ...optionFaults({ waitSeconds: input.waitSeconds ?? null })];
    if (targets === null || faults.length > 0) {
      return { targets: [], userErrors: toUserErrors(faults) };
    }
    const until = performance.now() + (input.waitSeconds ?? WAIT_SECONDS.default) * 1_000;
    await spend(caller, LISTED_TARGET_POINTS * targets.addresses.length);
    const since = await observations.schedule(targets.addresses);
    await start(targets.addresses);
    const { disconnected } = caller;
    return {
      targets: await waitFor(targets.addresses, { since, until, disconnected }),
      userErrors: [],
    };
  };
}

/** Only an observation that began after the refresh counts. */
function toRefreshed(state: InventoryState, since: Date): RefreshedTarget {
  const { administrator, service, region, observedAt, members, triedAt, runningSince } = state;
  const known = { administrator, service, region, observedAt, members };
  const none = { reasonCode: null, reason: null };
  if (triedAt === null || triedAt < since) {
    return {
      ...known,
      ...none,
      status: runningSince !== null && runningSince >= since ? 'RUNNING' : 'WAITING',
    };
  }
  const { reasonCode, reason } = state;
  return { ...known, reasonCode, reason, status: reasonCode === null ? 'OBSERVED' : 'FAILED' };
}
