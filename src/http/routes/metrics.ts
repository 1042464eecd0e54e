import type { FastifyInstance } from 'fastify';
import { GatewayError } from '../../errors.js';
import type { Metrics } from '../../ports/metrics.js';
import { noCredentials, type Gate } from '../request/gate.js';
import { sendRefusal } from '../request/refusal.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The code of the error that it was refused with as a whole, before an operation began; else null. */
    refusedWith: string | null;
  }
}

/** Tells the metrics of every request that has been answered. To be called before there are routes. */
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

/**
 * GET /metrics, in Prometheus' text format, for callers of any role to whom all administrators are granted: the series name
 * them all. It costs nothing of a budget.
 */
export function registerMetrics(
  app: FastifyInstance,
  { gate, metrics }: { readonly gate: Gate; readonly metrics: Pick<Metrics, 'scrape'> },
): void {
  app.get('/metrics', { onRequest: gate }, async ({ requestInfo }, reply) => {
    if (requestInfo?.caller == null) {
      return sendRefusal(reply, noCredentials());
    }
    if (requestInfo.caller.administrators !== null) {
      const message = 'metrics are for callers to whom all administrators are granted';
      return sendRefusal(reply, new GatewayError('FORBIDDEN', message));
    }
    const { contentType, text } = await metrics.scrape();
    return reply.type(contentType).send(text);
  });
}
