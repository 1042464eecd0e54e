import { createFairTurns, type EndTurn } from '../../services/fairTurns.js';

/**
 * Most requests that begin in one iteration of the event loop. A request takes about 0.3 ms until its first wait, so a thousand
 * that arrive together would keep the loop for 0.3 s.
 */
const BEGIN_AT_ONCE = 2;

/**
 * Resolves when a request with this credential may begin: at once, unless others begin in the same iteration of the event loop.
 * Requests of one credential begin in their order; credentials take turns. The caller is not known yet, so made-up credentials have
 * turns of their own.
 */
export type TakeBeginTurn = (credential: string) => Promise<void>;

export function createBeginTurns(): TakeBeginTurn {
  const turns = createFairTurns({
    total: BEGIN_AT_ONCE,
    perCaller: BEGIN_AT_ONCE,
    waiting: Number.POSITIVE_INFINITY,
  });
  const begun: EndTurn[] = [];
  const endIteration = (): void => {
    for (const end of begun.splice(0)) {
      end();
    }
  };
  return async (credential) => {
    const end = turns.tryTake(credential) ?? (await turns.take(credential));
    if (begun.push(end) === 1) {
      setImmediate(endIteration);
    }
  };
}
