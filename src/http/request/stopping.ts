import type { FastifyInstance } from 'fastify';
import { GatewayError } from '../../errors.js';
import { sendRefusal } from './refusal.js';

/**
 * Refuses new work from the moment the process is to stop, also on connections that were open before: 503 with a GraphQL
 * error `UNAVAILABLE`. Health is asked as ever. Every answer given from then on ends its connection, which would else be
 * waited for.
 */
export function refuseWhenStopping(app: FastifyInstance, stopping: AbortSignal): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (!stopping.aborted || request.url.startsWith('/health/')) {
      done();
      return;
    }
    const message = 'this gateway is stopping and takes no new work; try again in a moment';
    void sendRefusal(reply, new GatewayError('UNAVAILABLE', message));
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (stopping.aborted) {
      reply.header('connection', 'close');
    }
    done();
  });
}
