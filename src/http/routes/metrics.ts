import type { FastifyInstance } from 'fastify';
import { GatewayError } from '../../errors.js';
import type { Metrics } from '../../ports/metrics.js';
import { noCredentials, type Gate } from '../request/gate.js';

/**
 * GET /metrics, in the text format of Prometheus, for a caller of any role to whom all administrators are granted, since the
 * series name every administrator. A scrape is not charged to a budget.
 */
export function registerMetrics(
  app: FastifyInstance,
  { gate, metrics }: { readonly gate: Gate; readonly metrics: Pick<Metrics, 'scrape'> },
): void {
  app.get('/metrics', { onRequest: gate }, async ({ requestInfo }, reply) => {
    if (requestInfo?.caller == null) {
      throw noCredentials();
    }
    if (requestInfo.caller.administrators !== null) {
      throw new GatewayError('FORBIDDEN', 'expected a caller to whom all administrators are granted');
    }
    const { contentType, text } = await metrics.scrape();
    return reply.type(contentType).send(text);
  });
}
