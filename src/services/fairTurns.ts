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
  readonly key: string;
  taken: number;
  /** In order of arrival. */
  readonly waiting: Set<WaitingTurn>;
}

/** The turns that have begun and those that wait. */
interface Turns {
  readonly limits: TurnLimits;
  taken: number;
  /** Callers with a turn or a waiting turn, in the order of their rotation. */
  readonly callers: Map<string, CallerTurns>;
}

export function createFairTurns(limits: TurnLimits): FairTurns {
  const turns: Turns = { limits, taken: 0, callers: new Map() };
  const largest = Math.min(limits.total, limits.perCaller);

  const tryTake: FairTurns['tryTake'] = (key, wanted = 1) => {
    const weight = Math.min(wanted, largest);
    const caller = turns.callers.get(key) ?? { key, taken: 0, waiting: new Set() };
    return caller.waiting.size === 0 && fits(turns, caller, weight) ? begin(turns, caller, weight) : null;
  };

  const take: FairTurns['take'] = async (key, wanted = 1, signal) => {
    signal?.throwIfAborted();
    return tryTake(key, wanted) ?? waitForTurn(turns, key, Math.min(wanted, largest), signal);
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

function fits({ limits, taken }: Turns, caller: CallerTurns, weight: number): boolean {
  return taken + weight <= limits.total && caller.taken + weight <= limits.perCaller;
}

/** Begins a turn, and puts its caller behind all others in the rotation. */
function begin(turns: Turns, caller: CallerTurns, weight: number): EndTurn {
  turns.taken += weight;
  caller.taken += weight;
  moveToEnd(turns, caller);
  let isEnded = false;
  return () => {
    if (isEnded) {
      return;
    }
    isEnded = true;
    turns.taken -= weight;
    caller.taken -= weight;
    moveToEnd(turns, caller);
    forgetIdle(turns, caller);
    beginWaiting(turns);
  };
}

function moveToEnd({ callers }: Turns, caller: CallerTurns): void {
  callers.delete(caller.key);
  callers.set(caller.key, caller);
}

function forgetIdle({ callers }: Turns, { key, taken, waiting }: CallerTurns): void {
  if (taken === 0 && waiting.size === 0) {
    callers.delete(key);
  }
}

/** Begins the waiting turns for which there is room, one caller after the other. */
function beginWaiting(turns: Turns): void {
  // A caller whose turn begins moves to the end, where the loop comes back to it.
  for (const caller of turns.callers.values()) {
    if (turns.taken >= turns.limits.total) {
      return;
    }
    const [first] = caller.waiting;
    if (first !== undefined && fits(turns, caller, first.weight)) {
      caller.waiting.delete(first);
      first.begin();
    }
  }
}

function waitForTurn(
  turns: Turns,
  key: string,
  weight: number,
  signal: AbortSignal | undefined,
): Promise<EndTurn> {
  const caller = turns.callers.get(key) ?? { key, taken: 0, waiting: new Set<WaitingTurn>() };
  turns.callers.set(key, caller);
  const { waiting } = caller;
  if (waiting.size >= turns.limits.waiting) {
    throw tooManyWaiting(turns.limits.waiting);
  }
  const { promise, resolve, reject } = Promise.withResolvers<EndTurn>();
  const turn: WaitingTurn = {
    weight,
    begin() {
      signal?.removeEventListener('abort', leave);
      resolve(begin(turns, caller, weight));
    },
  };
  const leave = (): void => {
    waiting.delete(turn);
    forgetIdle(turns, caller);
    reject(signal?.reason);
    // A smaller turn may have waited behind this one.
    beginWaiting(turns);
  };
  waiting.add(turn);
  signal?.addEventListener('abort', leave, { once: true });
  return promise;
}

function tooManyWaiting(maximum: number): GatewayError {
  return new GatewayError(
    'RATE_LIMITED',
    `expected at most ${maximum} operations of one caller to wait for others, got one more; send it again in a second`,
    { details: { limit: 'WAITING_OPERATIONS', maximum, retryAfterSeconds: 1 } },
  );
}
