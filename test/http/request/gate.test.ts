import fastify from 'fastify';
import { expect, it } from 'vitest';
import { requestInfoOf } from '../../../src/http/request/gate.js';
import { originOf } from '../../../src/http/request/requestOrigin.js';
import { LOCAL_CALLER } from '../../../src/membership.js';

it('a client that disconnects ends its waits with an error that is no fault of the gateway', async () => {
  const app = fastify({ forceCloseConnections: true });
  const began = Promise.withResolvers<AbortSignal | undefined>();
  app.get('/', async (request, reply) => {
    const { caller } = requestInfoOf(request, reply, {
      caller: { ...LOCAL_CALLER, origin: { ...originOf(request), tokenId: null } },
      expiresAt: null,
    });
    began.resolve(caller?.disconnected);
    await new Promise(() => undefined);
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const client = new AbortController();
  const answer = fetch(url, { signal: client.signal });
  answer.catch(() => undefined);
  try {
    const disconnected = await began.promise;
    client.abort();
    await expect.poll(() => disconnected?.aborted).toBe(true);
    expect(disconnected?.reason).toMatchObject({ name: 'GatewayError', code: 'TIMED_OUT' });
  } finally {
    await app.close();
  }
});
