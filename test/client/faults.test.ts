import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient, type Client, type ClientOptions } from '../../client/src/index.js';
import { accounts, startGateway, type TestGateway } from '../support/gateway.js';
import {
  cutStream,
  hang,
  loseAnswer,
  page,
  rateLimited,
  startFaultyGateway,
  through,
  type FaultyGateway,
} from './faultyGateway.js';

let gateway: TestGateway;
let faulty: FaultyGateway;
let client: Client;
let nextAccount = 0;

beforeAll(async () => {
  gateway = await startGateway();
  faulty = await startFaultyGateway(gateway.url);
  client = connect();
});
afterAll(async () => {
  await faulty[Symbol.asyncDispose]();
  await gateway.stop();
});

describe('an operation that fails for the moment', () => {
  it('is recorded once when its answer is lost: every attempt has the same key', async () => {
    faulty.fail(loseAnswer);
    const { request } = await client.createMembers(input());
    expect(faulty.seen).toHaveLength(2);
    const [key, ...others] = new Set(faulty.seen.map(({ headers }) => headers['idempotency-key']));
    expect(key).toMatch(/^[0-9a-f]{32}$/);
    expect(others).toEqual([]);
    expect(request?.idempotencyKey).toBe(key);
    expect(await entries(client.requests())).toHaveLength(1);
  });

  it('is sent again after an answer of a load balancer, and not before retryAfterSeconds', async () => {
    faulty.fail(page(503), rateLimited(1));
    const started = performance.now();
    await client.administrators();
    expect(performance.now() - started).toBeGreaterThan(1_000);
    expect(faulty.seen).toHaveLength(3);
    expect(faulty.seen[0]?.headers['idempotency-key']).toBeUndefined();
  });

  it('rejects with the last error after the given number of attempts', async () => {
    faulty.fail(page(502), page(503));
    await expect(connect({ attempts: 2 }).tokens()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      status: 503,
    });
    expect(faulty.seen).toHaveLength(2);
  });

  it('rejects at once when the gateway asks for more patience than maxWaitSeconds', async () => {
    faulty.fail(rateLimited(3_600));
    const failure = { code: 'RATE_LIMITED', retryAfterSeconds: 3_600 };
    await expect(client.tokens()).rejects.toMatchObject(failure);
    expect(faulty.seen).toHaveLength(1);
  });

  it('never makes a second token', async () => {
    faulty.fail(rateLimited(0), loseAnswer);
    const created = client.createToken({ name: 'once', role: 'VIEWER' });
    await expect(created).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(faulty.seen).toHaveLength(2);
    expect((await client.tokens()).filter(({ name }) => name === 'once')).toHaveLength(1);
  });

  it('is UNREACHABLE without an answer in time, and BAD_RESPONSE when another server answers', async () => {
    faulty.fail(hang, page(200));
    const impatient = connect({ attempts: 1, attemptSeconds: 0.2 });
    const failure = { code: 'UNREACHABLE', message: expect.stringContaining('no answer within 0.2 s') };
    await expect(impatient.createMembers({ ...input(), idempotencyKey: 'mine' })).rejects.toMatchObject({
      ...failure,
      idempotencyKey: 'mine',
    });
    await expect(client.tokens()).rejects.toMatchObject({ code: 'BAD_RESPONSE', status: 200 });
    expect(faulty.seen).toHaveLength(2);
  });
});

describe('an aborted operation', () => {
  const reason = new Error('the page was closed');

  it.each([
    ['waits for its answer', [hang]],
    ['waits for its next attempt', [rateLimited(30)]],
  ])('rejects with the reason when it %s', async (_, faults) => {
    faulty.fail(...faults);
    const abort = new AbortController();
    const failed = client.createMembers(input(), { signal: abort.signal }).catch((error: unknown) => error);
    await expect.poll(() => faulty.seen.length).toBe(1);
    abort.abort(reason);
    expect(await failed).toBe(reason);
    expect(faulty.seen).toHaveLength(1);
  });

  it('is also a watch, whose stream closes', async () => {
    const { request } = await client.createMembers({ ...input(300), waitSeconds: 0 });
    faulty.fail();
    const abort = new AbortController();
    const watched = async () => {
      for await (const { status } of client.watch(request!.id, { signal: abort.signal })) {
        expect(['PENDING', 'RUNNING']).toContain(status);
        abort.abort(reason);
      }
    };
    await expect(watched()).rejects.toBe(reason);
  });
});

describe('watch', () => {
  it('opens another stream when one breaks', async () => {
    const { request } = await client.createMembers({ ...input(300), waitSeconds: 0 });
    faulty.fail(cutStream);
    const states = await entries(client.watch(request!.id));
    expect(states.at(-1)).toMatchObject({ status: 'SUCCEEDED', counts: { processed: 1_200 } });
    expect(new Set(states.map((state) => JSON.stringify(state))).size).toBe(states.length);
    expect(faulty.seen.map(({ headers }) => headers.accept)).toEqual([
      'text/event-stream',
      'text/event-stream',
    ]);
  });

  it('sends queries when a proxy does not let streams through', async () => {
    const { request } = await client.createMembers({ ...input(20), waitSeconds: 0 });
    faulty.fail(page(406), page(502));
    const states = await entries(connect({ pollSeconds: 0.1 }).watch(request!.id));
    expect(states.at(-1)).toMatchObject({ status: 'SUCCEEDED', counts: { processed: 80 } });
    const queries = faulty.seen.slice(2).map(({ query }) => query.slice(0, 'query Request('.length));
    expect(new Set(queries)).toEqual(new Set(['query Request(']));
  });

  it('reports a request that does not exist', async () => {
    faulty.fail(through);
    await expect(entries(client.watch('request_none'))).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(faulty.seen).toHaveLength(1);
  });
});

function connect(options?: Partial<ClientOptions>): Client {
  return createClient({ url: faulty.url, ...options });
}

/** Accounts that no other test names. */
function input(count = 1) {
  nextAccount += count;
  return { accounts: accounts(count, nextAccount - count) };
}

async function entries<Entry>(list: AsyncIterable<Entry>): Promise<Entry[]> {
  const collected: Entry[] = [];
  for await (const entry of list) {
    collected.push(entry);
  }
  return collected;
}
