import type { EventEmitter } from 'node:events';
import { createFairTurns, type EndTurn } from '../../services/fairTurns.js';

/**
 * Most turns that begin in one iteration of the event loop. A request takes about 0.3 ms until its first wait, so a thousand
 * that arrive together would keep the loop for 0.3 s.
 */
const BEGIN_AT_ONCE = 2;

/**
 * Most iterations that wait for further connections before the next turns begin. An iteration accepts one connection, in about
 * 0.3 ms.
 */
const ACCEPTING_ITERATIONS = 30;

/** Resolves when a request with this key may go on: at once, unless others do so in the same iteration of the event loop. */
export type TakeBeginTurn = (key: string) => Promise<void>;

/** Makes turns of requests. Turns with one key begin in their order; keys take turns. */
export type CreateBeginTurns = () => TakeBeginTurn;

/**
 * The turns of requests at a server. While connections wait to be accepted, they are accepted first: libuv accepts one in each
 * iteration of the event loop, so the requests of a thousand connections would otherwise delay a connection behind them by all of
 * their work.
 */
export function beginTurnsAt(server: EventEmitter): CreateBeginTurns {
  let accepted = 0;
  server.on('connection', () => {
    accepted += 1;
  });
  return () => {
    const turns = createFairTurns({
      total: BEGIN_AT_ONCE,
      perCaller: BEGIN_AT_ONCE,
      waiting: Number.POSITIVE_INFINITY,
    });
    const begun: EndTurn[] = [];
    const endIteration = (acceptedBefore: number, iterations: number): void => {
      if (accepted > acceptedBefore && iterations < ACCEPTING_ITERATIONS) {
        setImmediate(endIteration, accepted, iterations + 1);
        return;
      }
      for (const end of begun.splice(0)) {
        end();
      }
    };
    return async (key) => {
      const end = turns.tryTake(key) ?? (await turns.take(key));
      if (begun.push(end) === 1) {
        setImmediate(endIteration, accepted - 1, 0);
      }
    };
  };
}
