import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../../errors.js';
import type { Caller } from '../../membership.js';
import type { Charge } from './budget.js';

/** Points of a caller for a part of a long answer. */
export interface PartPrice {
  readonly charge: Charge;
  readonly caller: Caller;
  readonly points: number;
}

/** Resolves with true when the caller has paid: at once, or when its budget is full again; false when `over` aborts before. */
export async function waitToPay({ charge, caller, points }: PartPrice, over: AbortSignal): Promise<boolean> {
  while (!over.aborted) {
    try {
      await charge(caller, points);
      return true;
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'RATE_LIMITED') {
        throw error;
      }
      const seconds = Number(error.details['retryAfterSeconds']);
      await sleep(seconds * 1_000, undefined, { signal: over, ref: false }).catch(() => undefined);
    }
  }
  return false;
}
