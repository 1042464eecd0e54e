import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Charge } from '../../services/access/budget.js';
import { callerKey } from '../../services/callerKey.js';
import type { TakeLoopTurn } from '../../services/eventLoopTurns.js';

/** A longer body can take more than a millisecond to be parsed, validated and coerced, in characters: most when it has faults. */
export const LONG_BODY = 1_000;

/** Characters of a body that cost at least a point: of many short keys, they take about 20 microseconds to be parsed. */
const CHARACTERS_PER_POINT = 1_000;

/** The points that a request costs at least. They are charged before its body is parsed. */
export function bodyPoints(characters: number): number {
  return Math.floor(characters / CHARACTERS_PER_POINT);
}

/**
 * Parses bodies of JSON. A long body costs `bodyPoints`, and waits for a turn of its caller on the event loop, since one of 4 MiB can
 * keep it for 0.2 s. It is refused with RATE_LIMITED when the caller's budget has fewer points.
 */
export function parseJsonByTurns(app: FastifyInstance, takeLoopTurn: TakeLoopTurn, charge: Charge): void {
  // As without this function: a key `__proto__` is an error.
  const parseJson = app.getDefaultJsonParser('error', 'error');
  const admit = async ({ requestInfo }: FastifyRequest, length: number): Promise<void> => {
    const caller = requestInfo?.caller ?? null;
    if (caller !== null) {
      await charge(caller, bodyPoints(length));
    }
    await takeLoopTurn(callerKey(caller));
  };
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    if (request.requestInfo !== null) {
      request.requestInfo.bodyLength = body.length;
    }
    if (body.length <= LONG_BODY) {
      void parseJson(request, body, done);
      return;
    }
    admit(request, body.length).then(() => {
      void parseJson(request, body, done);
    }, done);
  });
}
