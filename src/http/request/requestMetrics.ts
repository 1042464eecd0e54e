import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../../ports/metrics.js';

/** Counts every HTTP request in the metrics when it has been answered. To be called before any route is registered. */
export function measureRequests(app: FastifyInstance, metrics: Pick<Metrics, 'httpAnswered'>): void {
  app.decorateRequest('refusedWith', null);
  app.addHook('onResponse', async ({ method, routeOptions, requestInfo, refusedWith }, reply) => {
    metrics.httpAnswered({
      method,
      route: routeOptions.url ?? null,
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1_000,
      operation: requestInfo?.operation?.type ?? null,
      errors: refusedWith === null ? (requestInfo?.errors ?? {}) : { [refusedWith]: 1 },
    });
  });
}
