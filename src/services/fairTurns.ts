import { GatewayError } from '../errors.js';

/** Ends a turn. A second call has no effect. */
export type EndTurn = () => void;

/** A resource that callers share by turns. A caller with many requests does not delay the next turn of another caller. */
export interface FairTurns {
  /**
   * Resolves when the turn begins. Turns of one caller begin in order; callers with waiting turns take the next one by
   * rotation.
   *
   * @param weight how much of the resource the turn takes; a weight over a limit counts as that limit.
   * @param signal ends the wait. The promise then rejects with the reason of the signal.
   * @throws GatewayError RATE_LIMITED when the caller has too many waiting turns.
   */
  take(callerKey: string, weight?: number, signal?: AbortSignal): Promise<EndTurn>;
  /** The turn, when it begins at once; null when the caller has to wait. */
  tryTake(callerKey: string, weight?: number): EndTurn | null;
  /** Runs `work` in a turn of weight 1. */
  run<Result>(callerKey: string, work: () => Promise<Result>, signal?: AbortSignal): Promise<Result>;
}

/** The sum of the weights of turns at once. */
export interface TurnLimits {
  readonly total: number;
  readonly perCaller: number;
  /** Most waiting turns of one caller. */
  readonly waiting: number;
}

interface WaitingTurn {
  readonly weight: number;
  begin(): void;
}

interface CallerTurns {
  taken: number;
  /** In order of arrival. */
  readonly waiting: Set<WaitingTurn>;
}

export function createFairTurns(limits: TurnLimits): FairTurns {
  /** Callers with a turn or a waiting turn, in the order of their rotation. */
  const callers = new Map<string, CallerTurns>();
  const largest = Math.min(limits.total, limits.perCaller);
  let taken = 0;

  const fits = (caller: CallerTurns, weight: number): boolean =>
    taken + weight <= limits.total && caller.taken + weight <= limits.perCaller;

  /** Puts the caller behind all others in the rotation. */
  const moveToEnd = (key: string, caller: CallerTurns): void => {
    callers.delete(key);
    callers.set(key, caller);
  };

  const begin = (key: string, caller: CallerTurns, weight: number): EndTurn => {
    taken += weight;
    caller.taken += weight;
    moveToEnd(key, caller);
    let isEnded = false;
    return () => {
      if (isEnded) {
        return;
      }
      isEnded = true;
      taken -= weight;
      caller.taken -= weight;
      moveToEnd(key, caller);
      forget(key, caller);
      beginWaiting();
    };
  };

  const forget = (key: string, caller: CallerTurns): void => {
    if (caller.taken === 0 && caller.waiting.size === 0) {
      callers.delete(key);
    }
  };

  /** Begins the waiting turns for which there is room, one caller after the other. */
  const beginWaiting = (): void => {
    for (const [key, caller] of callers) {
      const [first] = caller.waiting;
      if (first === undefined || !fits(caller, first.weight)) {
        continue;
      }
      caller.waiting.delete(first);
      // The loop comes back to the caller after all others.
      first.begin();
    }
  };

  const wait = (
    key: string,
    caller: CallerTurns,
    weight: number,
    signal: AbortSignal | undefined,
  ): Promise<EndTurn> => {
    if (caller.waiting.size >= limits.waiting) {
      throw tooManyWaiting(limits.waiting);
    }
    const { promise, resolve, reject } = Promise.withResolvers<EndTurn>();
    const turn: WaitingTurn = {
      weight,
      begin() {
        signal?.removeEventListener('abort', leave);
        resolve(begin(key, caller, weight));
      },
    };
    const leave = (): void => {
      caller.waiting.delete(turn);
      forget(key, caller);
      reject(signal?.reason);
      // A smaller turn may have waited behind this one.
      beginWaiting();
    };
    caller.waiting.add(turn);
    signal?.addEventListener('abort', leave, { once: true });
    return promise;
  };

  const callerOf = (key: string): CallerTurns => {
    const caller = callers.get(key) ?? { taken: 0, waiting: new Set() };
    callers.set(key, caller);
    return caller;
  };

  const tryTake: FairTurns['tryTake'] = (key, wanted = 1) => {
    const weight = Math.min(wanted, largest);
    const caller = callerOf(key);
    if (caller.waiting.size === 0 && fits(caller, weight)) {
      return begin(key, caller, weight);
    }
    forget(key, caller);
    return null;
  };

  const take: FairTurns['take'] = async (key, wanted = 1, signal) => {
    signal?.throwIfAborted();
    return tryTake(key, wanted) ?? wait(key, callerOf(key), Math.min(wanted, largest), signal);
  };

  return {
    take,
    tryTake,
    async run(key, work, signal) {
      const end = await take(key, 1, signal);
      try {
        return await work();
      } finally {
        end();
      }
    },
  };
}

function tooManyWaiting(maximum: number): GatewayError {
  return new GatewayError(
    'RATE_LIMITED',
    `expected at most ${maximum} operations of one caller to wait for others, got one more; send it again in a second`,
    { details: { limit: 'WAITING_OPERATIONS', maximum, retryAfterSeconds: 1 } },
  );
}
