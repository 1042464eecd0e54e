import type { FastifyInstance } from 'fastify';
import { GatewayError } from '../../errors.js';

/**
 * Refuses new requests with 503 and `UNAVAILABLE` once `stopping` aborts, on open connections too; only /health/ still
 * answers. Every answer from then on closes its connection, since the server waits for open connections before it ends.
 */
export function refuseWhenStopping(app: FastifyInstance, stopping: AbortSignal): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (!stopping.aborted || request.url.startsWith('/health/')) {
      done();
      return;
    }
    done(new GatewayError('UNAVAILABLE', 'this gateway is stopping; try again in a moment'));
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (stopping.aborted) {
      reply.header('connection', 'close');
    }
    done();
  });
}
