import { GatewayError } from '../../errors.js';
import type { Caller } from '../../membership.js';
import { callerKey } from '../callerKey.js';

/** Most of one kind that a caller has open at once, at one replica. */
export interface CallerLimit {
  /** @throws GatewayError LIMIT_EXCEEDED if `open` would. */
  check(caller: Caller): void;
  /**
   * Counts one more of the caller, and returns the function that ends it; a second call has no effect. The local caller has no
   * limit: it uses the machine itself.
   *
   * @throws GatewayError LIMIT_EXCEEDED when the caller has `maximum` of them.
   */
  open(caller: Caller): () => void;
}

/**
 * @param limit the name of the limit for callers.
 * @param kind what is counted, in the plural.
 */
export function createCallerLimit(limit: string, kind: string, maximum: number): CallerLimit {
  const counts = new Map<string, number>();
  const countOf = (caller: Caller): number => counts.get(callerKey(caller)) ?? 0;
  const check = (caller: Caller): void => {
    const count = countOf(caller);
    if (count >= maximum && caller.kind !== 'LOCAL') {
      throw new GatewayError(
        'LIMIT_EXCEEDED',
        `expected at most ${maximum} ${kind} of one caller at a time, got one more; try again when one has ended`,
        { details: { limit, maximum, actual: count + 1 } },
      );
    }
  };
  return {
    check,
    open(caller) {
      check(caller);
      const key = callerKey(caller);
      counts.set(key, countOf(caller) + 1);
      let isOpen = true;
      return () => {
        if (isOpen) {
          isOpen = false;
          decrement(counts, key);
        }
      };
    },
  };
}

function decrement(counts: Map<string, number>, key: string): void {
  const rest = (counts.get(key) ?? 0) - 1;
  if (rest > 0) {
    counts.set(key, rest);
  } else {
    counts.delete(key);
  }
}
