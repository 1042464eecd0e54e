import type { FastifyInstance } from 'fastify';
import { noCredentials, type Gate } from '../request/gate.js';

/** Whether this process should get traffic. */
export interface Readiness {
  /** Resolves with null when the process is ready, else with the reason in a few words. */
  notReady(): Promise<string | null>;
}

/**
 * GET /health/live answers 200 while the process runs. GET /health/ready answers 200 while the process takes requests: its
 * database answers and it is not stopping; otherwise 503 with the reason. GET /health/version answers 200 with the version, to a caller of any role.
 */
export function registerHealth(
  app: FastifyInstance,
  {
    readiness,
    gate,
    version,
  }: { readonly readiness: Readiness; readonly gate: Gate; readonly version: string },
): void {
  app.get('/health/live', () => ({ status: 'ok' }));
  app.get('/health/ready', async (_request, reply) => {
    const reason = await readiness.notReady();
    if (reason === null) {
      return { status: 'ok' };
    }
    return reply.code(503).send({ status: 'unavailable', reason });
  });
  app.get('/health/version', { onRequest: gate }, ({ requestInfo }) => {
    if (requestInfo?.caller == null) {
      throw noCredentials();
    }
    return { version };
  });
}
