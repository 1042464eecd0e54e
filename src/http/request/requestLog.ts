import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../../log.js';

/**
 * Routes that a load balancer or Prometheus calls every few seconds, and the files of a page; they are logged at `debug`, and have no
 * spans.
 */
export const POLLED = /^\/(health|metrics|explorer\/assets)\b/;

/** Longest path in a line, in characters. */
const MAX_PATH_LENGTH = 100;

/**
 * Writes one line for each HTTP request when it has been answered: the caller, the operation, the duration and the status.
 * Never variables, documents, headers, query strings or e-mail addresses.
 */
export function logRequests(app: FastifyInstance, log: Log): void {
  app.addHook('onResponse', async (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const level = POLLED.test(path) ? 'debug' : 'info';
    if (!log.isLevelEnabled(level)) {
      return;
    }
    const write = (): void => {
      log[level](lineOf(request, reply, path), 'request');
    };
    if (request.span === null) {
      write();
    } else {
      request.span.run(write);
    }
  });
}

function lineOf({ id, method, requestInfo }: FastifyRequest, reply: FastifyReply, path: string) {
  const line = {
    requestId: id,
    method,
    path: path.slice(0, MAX_PATH_LENGTH),
    status: reply.statusCode,
    durationMs: Math.round(reply.elapsedTime),
    actor: requestInfo?.caller?.id ?? null,
    kind: requestInfo?.caller?.kind ?? null,
  };
  if (requestInfo === null) {
    return line;
  }
  const { origin, operation, errors } = requestInfo;
  const { address, traceparent } = origin;
  return operation === null
    ? { ...line, address, traceparent }
    : { ...line, address, traceparent, operation: { ...operation, errors } };
}
