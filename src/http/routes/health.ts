import type { FastifyInstance } from 'fastify';

/** Whether this process should get traffic, and why not. */
export interface Readiness {
  /** Null when ready; else the reason, in a few words. */
  notReady(): Promise<string | null>;
}

/**
 * GET /health/live: the process answers. GET /health/ready: it takes work, that is, its database answers and it is not
 * stopping; 503 with the reason otherwise.
 */
export function registerHealth(app: FastifyInstance, readiness: Readiness): void {
  app.get('/health/live', () => ({ status: 'ok' }));
  app.get('/health/ready', async (_request, reply) => {
    const reason = await readiness.notReady();
    if (reason === null) {
      return { status: 'ok' };
    }
    return reply.code(503).send({ status: 'unavailable', reason });
  });
}
