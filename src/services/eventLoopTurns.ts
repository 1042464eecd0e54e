import { createFairTurns } from './fairTurns.js';

/** Longest time for which operations keep the event loop before input and output of others go on, in milliseconds. */
export const SLICE_MS = 10;

/** A turn that keeps the event loop for longer is followed by a pause of the same length, in milliseconds. */
const SHORT_TURN_MS = 2;

/**
 * Resolves when the caller may compute for some milliseconds. After a turn, input and output of others go on for as long as it
 * took: a query of another caller needs several iterations of the event loop, and would otherwise wait for a turn in each of
 * them. Callers take turns.
 */
export type TakeLoopTurn = (callerKey: string) => Promise<void>;

/** The turns of operations on the event loop. */
export interface EventLoopTurns {
  readonly take: TakeLoopTurn;
  /**
   * Whether the current iteration of the event loop has lasted for SLICE_MS since the first call in it: many short operations
   * that become ready together keep it as long as one large one.
   */
  isIterationLong(): boolean;
}

/** @param now the time in milliseconds, by a clock that never goes back. */
export function createEventLoopTurns(now = () => performance.now()): EventLoopTurns {
  const turns = createFairTurns({ total: 1, perCaller: 1, waiting: Number.POSITIVE_INFINITY });
  let began: number | null = null;
  return {
    async take(callerKey) {
      const end = await turns.take(callerKey);
      const begin = now();
      // In the next iteration, after everything that follows from this promise at once.
      setImmediate(() => {
        const took = now() - begin;
        if (took < SHORT_TURN_MS) {
          end();
        } else {
          setTimeout(end, took);
        }
      });
    },
    isIterationLong() {
      if (began === null) {
        began = now();
        setImmediate(() => (began = null));
        return false;
      }
      return now() - began >= SLICE_MS;
    },
  };
}
