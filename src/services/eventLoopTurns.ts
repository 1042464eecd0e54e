import { createFairTurns } from './fairTurns.js';

/**
 * Resolves when the caller may compute for some milliseconds. One turn begins in each iteration of the event loop, so that
 * input and output of others go on in between; callers take turns.
 */
export type TakeLoopTurn = (callerKey: string) => Promise<void>;

export function createEventLoopTurns(): TakeLoopTurn {
  const turns = createFairTurns({ total: 1, perCaller: 1, waiting: Number.POSITIVE_INFINITY });
  return async (callerKey) => {
    const end = await turns.take(callerKey);
    // In the next iteration, after everything that follows from this promise at once.
    setImmediate(end);
  };
}
