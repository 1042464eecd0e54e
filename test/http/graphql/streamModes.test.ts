import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type Client } from 'graphql-sse';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { firstAnswer } from '../../support/firstAnswer.js';
import { accounts, startGateway, type GraphQLAnswer, type TestGateway } from '../../support/gateway.js';

const CREATE = `mutation ($input: CreateMembersInput!) {
  createMembers(input: $input) { request { id status } userErrors { message } }
}`;
const FOLLOW = 'subscription Follow($id: ID!) { requestProgress(id: $id) { id status } }';
const TYPENAME = '{ __typename }';

/** Most open streams of one caller, the operations on them included. */
const STREAMS = 5;

/** How long a reserved stream waits for its client, in milliseconds. */
const RESERVATION_MS = 1_000;

let gateway: TestGateway;
let bearer: string;
/** A request that takes longer than any test. */
let running: string;
const clients: Client[] = [];

beforeAll(async () => {
  gateway = await startGateway({
    environment: {
      AUTH_MODE: 'token',
      CALLER_STREAMS: String(STREAMS),
      SECURITYHUB_RATE: '0.2',
      SECURITYHUB_BURST: '1',
    },
    intervals: { reservationMs: RESERVATION_MS, credentialCheckMs: 200 },
  });
  bearer = `Bearer ${await gateway.token('operator', 'OPERATOR')}`;
  const input = {
    accounts: accounts(5_000),
    services: ['SECURITY_HUB'],
    regions: ['us-east-1'],
    waitSeconds: 0,
  };
  const { body } = await gateway.post({ query: CREATE, variables: { input } }, { authorization: bearer });
  running = (body.data?.['createMembers'] as { request: { id: string } }).request.id;
});
afterEach(() => {
  clients.splice(0).forEach((client) => {
    client.dispose();
  });
});
afterAll(() => gateway.stop());

/** Accounts of the requests that are followed to their end. */
let followed = 0;

const addresses = ['/graphql', '/graphql/stream'];
const modes = addresses.flatMap((path) => [
  { path, singleConnection: false },
  { path, singleConnection: true },
]);

function connect(path: string, singleConnection: boolean, authorization = bearer): Client {
  const client = createClient({
    url: `${gateway.url}${path}`,
    singleConnection,
    headers: () => ({ authorization }),
    retryAttempts: 0,
  });
  clients.push(client);
  return client;
}

async function all(client: Client, query: string, variables: Record<string, unknown> = {}) {
  const answers: unknown[] = [];
  for await (const answer of client.iterate({ query, variables })) {
    answers.push(answer);
  }
  return answers;
}

/** A caller of its own, so that the streams of other tests do not count. */
const caller = async (name: string) => `Bearer ${await gateway.token(name, 'VIEWER')}`;

interface Sent {
  readonly method?: string;
  readonly authorization?: string | null;
  readonly token?: string;
  readonly accept?: string;
  readonly body?: unknown;
}

function send(path: string, { method = 'POST', authorization = bearer, token, accept, body }: Sent = {}) {
  return fetch(`${gateway.url}${path}`, {
    method,
    headers: {
      ...(authorization !== null && { authorization }),
      ...(token !== undefined && { 'x-graphql-event-stream-token': token }),
      ...(accept !== undefined && { accept }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

const reserve = async (authorization = bearer) =>
  (await send('/graphql/stream', { method: 'PUT', authorization })).text();
const operation = (operationId: unknown, query = FOLLOW) => ({
  query,
  variables: { id: running },
  extensions: { operationId },
});

/** Reads a stream; `text` is what has come so far, and `close` disconnects. */
function read(response: Response) {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const seen = { text: '', isOver: false, close: () => reader.cancel() };
  void (async () => {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      seen.text += next.value;
    }
    seen.isOver = true;
  })().catch(() => (seen.isOver = true));
  return seen;
}

describe.each(modes)(
  'graphql-sse at $path, single connection $singleConnection',
  ({ path, singleConnection }) => {
    it('follows a request to its end', async () => {
      const input = {
        accounts: accounts(1, ++followed),
        services: ['GUARDDUTY'],
        regions: ['us-east-1'],
        waitSeconds: 0,
      };
      const { body } = await gateway.post({ query: CREATE, variables: { input } }, { authorization: bearer });
      const { id } = (body.data?.['createMembers'] as { request: { id: string } }).request;
      const answers = await all(connect(path, singleConnection), FOLLOW, { id });
      expect(answers.at(-1)).toEqual({ data: { requestProgress: { id, status: 'SUCCEEDED' } } });
    });

    it('executes queries and mutations, with their cost', async () => {
      const client = connect(path, singleConnection);
      expect(await all(client, TYPENAME)).toMatchObject([
        {
          data: { __typename: 'Query' },
          extensions: { requestId: expect.any(String), cost: { complexity: 1 } },
        },
      ]);
      const input = { accounts: [{ accountId: '222233334444' }], administrator: 'nothing' };
      expect(await all(client, CREATE, { input })).toMatchObject([
        { data: { createMembers: { request: null, userErrors: [{ message: expect.any(String) }] } } },
      ]);
    });

    it('begins and ends many operations', async () => {
      const client = connect(path, singleConnection);
      const first = Array.from({ length: 3 }, () =>
        client.iterate({ query: FOLLOW, variables: { id: running } }),
      );
      for (const results of first) {
        expect((await results.next()).value).toMatchObject({ data: { requestProgress: { id: running } } });
      }
      for (const results of first) {
        await results.return?.(undefined);
      }
      // Their places are free again.
      await expect
        .poll(() =>
          Promise.all(Array.from({ length: 3 }, () => all(client, TYPENAME))).then((found) => found.length),
        )
        .toBe(3);
    });
  },
);

describe('a subscription', () => {
  it.each([
    ['/graphql', 'text/event-stream'],
    ['/graphql', 'text/event-stream, multipart/mixed'],
    ['/graphql', 'application/graphql-response+json, application/json, text/event-stream, multipart/mixed'],
    ['/graphql/stream', '*/*'],
    ['/graphql/stream', undefined],
  ])('streams at %s with Accept: %s', async (path, accept) => {
    const response = await send(path, { ...(accept !== undefined && { accept }), body: operation('a') });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const stream = read(response);
    await expect
      .poll(() => stream.text)
      .toContain(`event: next\ndata: {"data":{"requestProgress":{"id":"${running}"`);
    await stream.close();
  });

  it('with a fault has its errors in JSON for a client that prefers it, and in an event for any other', async () => {
    const body = { query: 'subscription { nothing }' };
    const asEvent = await send('/graphql', { accept: 'text/event-stream', body });
    expect(asEvent.status).toBe(200);
    const text = await asEvent.text();
    expect(text).toMatch(/^:\n\nevent: next\ndata: \{"errors".*\}\n\nevent: complete\ndata: \n\n$/);
    expect(firstAnswer(text)).toMatchObject({
      errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    });
    const asJson = await send('/graphql', { accept: 'application/json, text/event-stream', body });
    expect([asJson.status, asJson.headers.get('content-type')]).toEqual([
      400,
      'application/json; charset=utf-8',
    ]);
  });
});

describe('a query', () => {
  it.each([
    [
      'application/graphql-response+json, application/json, text/event-stream',
      'application/graphql-response+json',
    ],
    ['application/json, text/event-stream', 'application/json'],
    ['text/event-stream, application/json;q=0.5', 'text/event-stream'],
    ['text/event-stream', 'text/event-stream'],
  ])('is answered in the type that its client prefers: %s', async (accept, type) => {
    const response = await send('/graphql', { accept, body: { query: '{ __typename } # no subscription' } });
    expect(response.headers.get('content-type')).toBe(`${type}; charset=utf-8`);
    expect(firstAnswer(await response.text())).toMatchObject({ data: { __typename: 'Query' } });
  });
});

describe('a reservation', () => {
  it('is a token for one stream, and for the operations of its caller', async () => {
    const made = await send('/graphql/stream', { method: 'PUT' });
    expect([made.status, made.headers.get('content-type')]).toEqual([201, 'text/plain; charset=utf-8']);
    const token = await made.text();
    const stream = read(await send('/graphql/stream', { method: 'GET', token, accept: 'text/event-stream' }));
    expect((await send('/graphql/stream', { token, body: operation('one') })).status).toBe(202);
    await expect
      .poll(() => stream.text)
      .toContain('event: next\ndata: {"id":"one","payload":{"data":{"requestProgress"');
    expect(
      (await send('/graphql/stream', { method: 'GET', token, accept: 'text/event-stream' })).status,
    ).toBe(409);
    expect((await send('/graphql/stream', { token, body: operation('one') })).status).toBe(409);
    for (const id of ['', 7, undefined, 'x'.repeat(101)]) {
      expect((await send('/graphql/stream', { token, body: operation(id) })).status).toBe(400);
    }
    const invalid = await send('/graphql/stream', {
      token,
      body: operation('two', 'subscription { nothing }'),
    });
    expect(invalid.status).toBe(400);
    expect(((await invalid.json()) as GraphQLAnswer).errors?.[0]?.extensions.code).toBe(
      'GRAPHQL_VALIDATION_FAILED',
    );
    const ended = await send(`/graphql/stream?operationId=one`, { method: 'DELETE', token });
    expect(ended.status).toBe(200);
    expect((await send('/graphql/stream', { token, body: operation('one', TYPENAME) })).status).toBe(202);
    await expect.poll(() => stream.text).toContain('event: complete\ndata: {"id":"one"}\n\n');
    await stream.close();
    await expect
      .poll(async () => (await send('/graphql/stream', { token, body: operation('three') })).status)
      .toBe(404);
  });

  it('opens its stream without a credential, as EventSource does, and nothing else', async () => {
    const token = await reserve();
    const address = `/graphql/stream?token=${token}`;
    expect((await send(address, { authorization: null, body: operation('a') })).status).toBe(401);
    expect((await send(`${address}&operationId=a`, { method: 'DELETE', authorization: null })).status).toBe(
      401,
    );
    const stream = read(
      await send(address, { method: 'GET', authorization: null, accept: 'text/event-stream' }),
    );
    expect((await send(address, { body: operation('a', TYPENAME) })).status).toBe(202);
    await expect.poll(() => stream.text).toContain('"payload":{"data":{"__typename":"Query"}');
    await stream.close();
    const unknown = { method: 'GET', authorization: null, accept: 'text/event-stream' };
    expect((await send('/graphql/stream?token=guessed', unknown)).status).toBe(401);
  });

  it('is unknown to another caller', async () => {
    const token = await reserve();
    const authorization = await caller('stranger');
    for (const sent of [
      { method: 'GET', accept: 'text/event-stream' },
      { body: operation('a') },
      { method: 'DELETE' },
    ]) {
      expect((await send('/graphql/stream?operationId=a', { ...sent, authorization, token })).status).toBe(
        404,
      );
    }
  });

  it('expires', async () => {
    const token = await reserve();
    await sleep(RESERVATION_MS + 200);
    const response = await send('/graphql/stream', { method: 'GET', token, accept: 'text/event-stream' });
    expect([response.status, await response.json()]).toEqual([
      404,
      expect.objectContaining({
        errors: [
          {
            message:
              'expected the token of a reservation of this caller, in time and at the replica that made it; make another by PUT',
            extensions: { code: 'BAD_REQUEST' },
          },
        ],
      }),
    ]);
  });

  it('counts as a stream of its caller, as do the operations on it', async () => {
    const authorization = await caller('hoarder');
    const token = await reserve(authorization);
    const stream = read(
      await send('/graphql/stream', { method: 'GET', authorization, token, accept: 'text/event-stream' }),
    );
    const begin = async (id: string) =>
      (await send('/graphql/stream', { authorization, token, body: operation(id) })).status;
    expect(await Promise.all(['a', 'b', 'c', 'd'].map(begin))).toEqual([202, 202, 202, 202]);
    expect(await begin('e')).toBe(400);
    const reserved = await send('/graphql/stream', { method: 'PUT', authorization });
    expect([reserved.status, await reserved.json()]).toEqual([
      400,
      expect.objectContaining({
        errors: [
          expect.objectContaining({ extensions: expect.objectContaining({ limit: 'CALLER_STREAMS' }) }),
        ],
      }),
    ]);
    await stream.close();
    await expect
      .poll(async () => (await send('/graphql/stream', { method: 'PUT', authorization })).status)
      .toBe(201);
  });

  it('costs points', async () => {
    const authorization = await caller('spender');
    const remaining = async () => {
      const { body } = await gateway.post({ query: TYPENAME }, { authorization });
      return (body.extensions as { cost: { budget: { remaining: number } } }).cost.budget.remaining;
    };
    const full = await remaining();
    await reserve(authorization);
    expect(await remaining()).toBe(full - 10 - 11);
  });

  it('ends with the credential of its caller, after the operations on it', async () => {
    const secret = await gateway.token('passing', 'VIEWER');
    const authorization = `Bearer ${secret}`;
    const token = await reserve(authorization);
    const stream = read(
      await send('/graphql/stream', { method: 'GET', authorization, token, accept: 'text/event-stream' }),
    );
    await send('/graphql/stream', { authorization, token, body: operation('a') });
    await expect.poll(() => stream.text).toContain('requestProgress');
    await gateway.database.pool.query(
      `UPDATE api_token SET revoked_at = now(), revoked_by = 'x' WHERE name = 'passing'`,
    );
    await expect.poll(() => stream.isOver).toBe(true);
    expect(stream.text).toMatch(/"code":"UNAUTHENTICATED"[^\n]*\n\nevent: complete\ndata: \{"id":"a"\}\n\n$/);
  });
});

describe('another method', () => {
  it.each(addresses)('is refused at %s with those that there are', async (path) => {
    const query = `?query=${encodeURIComponent(TYPENAME)}`;
    const response = await send(`${path}${query}`, { method: 'GET', accept: 'text/event-stream' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST, PUT']);
    expect((await send(path, { method: 'DELETE' })).status).toBe(404);
  });
});
