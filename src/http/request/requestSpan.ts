import type { FastifyInstance } from 'fastify';
import type { HttpTracing, RequestSpan } from '../../ports/tracing.js';
import { POLLED } from './requestLog.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The span of the request; null while tracing is off, and on the routes of health and metrics. */
    span: RequestSpan | null;
  }
}

/**
 * Begins a span with each HTTP request, and ends it with the answer. To be called before any other hook is added.
 *
 * @param tracing null: requests have no spans, and no hook is added.
 */
export function traceHttpRequests(app: FastifyInstance, tracing: HttpTracing | null): void {
  app.decorateRequest('span', null);
  if (tracing === null) {
    return;
  }
  app.addHook('onRequest', (request, _reply, done) => {
    const { method, headers, routeOptions } = request;
    const route = routeOptions.url ?? null;
    if (route !== null && POLLED.test(route)) {
      done();
      return;
    }
    request.span = tracing.begin({ method, route, headers });
    request.span.run(done);
  });
  // Reading the body leaves the asynchronous context of the span.
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.span === null) {
      done();
    } else {
      request.span.run(done);
    }
  });
  app.addHook('onResponse', async ({ span, requestInfo, refusedWith }, { statusCode }) => {
    span?.end({
      status: statusCode,
      operation: requestInfo?.operation ?? null,
      errorCodes: refusedWith === null ? Object.keys(requestInfo?.errors ?? {}) : [refusedWith],
    });
  });
}
