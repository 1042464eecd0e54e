import type { FastifyInstance } from 'fastify';
import type { Log } from '../../log.js';

/** Routes that a load balancer asks every few seconds: their lines are for `debug`. */
const QUIET = /^\/(health|metrics)\b/;

/**
 * Writes one line for each request: who asked what, how long it took and how it ended. Never variables, documents,
 * headers, query strings or e-mail addresses.
 */
export function logRequests(app: FastifyInstance, log: Log): void {
  app.addHook('onResponse', async (request, reply) => {
    const { requestInfo, id, method } = request;
    const path = request.url.split('?', 1)[0] ?? '';
    const level = QUIET.test(path) ? 'debug' : 'info';
    if (!log.isLevelEnabled(level)) {
      return;
    }
    const line = {
      requestId: id,
      method,
      path: path.slice(0, 100),
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
      actor: requestInfo?.caller?.id ?? null,
      kind: requestInfo?.caller?.kind ?? null,
      ...(requestInfo === null
        ? {}
        : { address: requestInfo.origin.address, traceparent: requestInfo.origin.traceparent }),
      ...(requestInfo?.operation == null
        ? {}
        : { operation: { ...requestInfo.operation, errors: requestInfo.errors } }),
    };
    log[level](line, 'request');
  });
}
