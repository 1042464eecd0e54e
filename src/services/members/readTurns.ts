import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../../errors.js';
import type { TargetAddress } from '../../membership.js';
import type { ReadQuota } from '../../ports/readQuota.js';
import { gatewayStopping } from './readFailure.js';

/**
 * Longest a read of members waits for the quota of its target, in milliseconds. Ours: enough for 1,000 accounts at half
 * of GuardDuty's rate with half as many again before them, and below the minute after which proxies give up.
 */
export const READ_PATIENCE_MS = 30_000;

/** Longest pause between two looks at the quota, in milliseconds: others may leave some of it unused. */
const LONGEST_PAUSE_MS = 1_000;

/** Requests that may leave, and the moment after which they are answered. */
export interface GrantedTurn {
  readonly granted: number;
  readonly at: Date;
}

/** Gives out turns to send reads to a target, in keeping with its rate. */
export interface ReadTurns {
  /**
   * Waits until at least one request may leave, and takes as many of the wanted ones as may. Null when none may before
   * `until` (as `performance.now()` counts).
   *
   * @throws GatewayError `UNAVAILABLE` when the process stops; the signal's reason when that aborts.
   */
  take(
    target: TargetAddress,
    wanted: number,
    until: number,
    signal?: AbortSignal,
  ): Promise<GrantedTurn | null>;
  /** As `take`, for one request. @throws GatewayError `THROTTLED` when the time is over. */
  takeOne(target: TargetAddress, until: number, signal?: AbortSignal): Promise<GrantedTurn>;
}

export function createReadTurns(quota: ReadQuota, stopping: AbortSignal): ReadTurns {
  const take: ReadTurns['take'] = async (target, wanted, until, signal) => {
    for (;;) {
      if (stopping.aborted) {
        throw gatewayStopping();
      }
      signal?.throwIfAborted();
      const { granted, wait, at } = await quota.reserve(target, wanted);
      if (granted > 0) {
        return { granted, at };
      }
      if (performance.now() + wait > until) {
        return null;
      }
      await sleep(Math.min(wait, LONGEST_PAUSE_MS), undefined, { signal: signal ?? stopping }).catch(
        () => undefined,
      );
    }
  };
  return {
    take,
    async takeOne(target, until, signal) {
      const turn = await take(target, 1, until, signal);
      if (turn === null) {
        throw rateExceeded(target);
      }
      return turn;
    },
  };
}

/** What a read is answered with whose patience is over. */
export function rateExceeded({ administrator, service, region }: TargetAddress): GatewayError {
  const reason = `its rate leaves no room for this read within ${READ_PATIENCE_MS / 1_000} seconds; try again later, or ask for fewer accounts at once`;
  return new GatewayError('THROTTLED', `${service} in ${region} as ${administrator}: ${reason}`, {
    details: { administrator, service, region, reasonCode: 'THROTTLED', reason },
  });
}
