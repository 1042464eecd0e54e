import type { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { GatewayError } from '../../errors.js';
import { createFairTurns, type EndTurn } from '../../services/fairTurns.js';

/**
 * Most turns that begin in one iteration of the event loop, of all keys and of one. A request takes about 0.3 ms until its first wait,
 * so a thousand that arrive together would keep the loop for 0.3 s.
 */
const BEGIN_AT_ONCE = 8;
const BEGIN_WITH_ONE_KEY = 2;

/**
 * Longest time for which connections are accepted before the next turns begin, in milliseconds: some thirty connections, if the
 * event loop has nothing else to do.
 */
const ACCEPTING_MS = 10;

/**
 * Resolves when a request with this key may go on: at once, unless others do so in the same iteration of the event loop. Rejects
 * with TIMED_OUT when its client has disconnected; the turn passes on at once, so that such requests do not collect.
 */
export type TakeBeginTurn = (key: string, response: ServerResponse) => Promise<void>;

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
      perCaller: BEGIN_WITH_ONE_KEY,
      waiting: Number.POSITIVE_INFINITY,
    });
    const begun: EndTurn[] = [];
    const endIteration = (acceptedBefore: number, deadline: number): void => {
      if (accepted > acceptedBefore && performance.now() < deadline) {
        setImmediate(endIteration, accepted, deadline);
        return;
      }
      for (const end of begun.splice(0)) {
        end();
      }
    };
    return async (key, response) => {
      const end = turns.tryTake(key) ?? (await turns.take(key));
      if (response.destroyed) {
        end();
        throw new GatewayError('TIMED_OUT', 'the client disconnected before its request began');
      }
      if (begun.push(end) === 1) {
        // One more than before: at least one more iteration.
        setImmediate(endIteration, accepted - 1, performance.now() + ACCEPTING_MS);
      }
    };
  };
}
