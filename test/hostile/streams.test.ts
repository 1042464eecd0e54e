import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-sse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accounts, startGateway, type GraphQLAnswer, type TestGateway } from '../support/gateway.js';

const CREATE = `mutation ($input: CreateMembersInput!) {
  createMembers(input: $input) { request { id } userErrors { message } }
}`;
const FOLLOW = `subscription ($id: ID!) { requestProgress(id: $id) { id status counts { processed } } }`;

/** A subscription with this number of pages, each of about 4 kB. */
const followPages = (pages: number) =>
  `subscription ($id: ID!) { requestProgress(id: $id) { status ${Array.from(
    { length: pages },
    (_, i) => `p${i}: outcomes(first: 100) { nodes { id } }`,
  ).join(' ')} } }`;

/** Most open streams of one caller. */
const STREAMS = 20;

/** Points of one caller in a window, and its length in seconds. */
const BUDGET = 8_000;
const WINDOW_SECONDS = 3;

let gateway: TestGateway;
let requests = 0;

/** Each request has a lane of its own. */
const LANES = ['SECURITY_HUB', 'GUARDDUTY'].flatMap((service) =>
  ['us-east-1', 'eu-west-1'].map((region) => ({ services: [service], regions: [region] })),
);

beforeAll(async () => {
  gateway = await startGateway({
    environment: {
      AUTH_MODE: 'token',
      CALLER_STREAMS: String(STREAMS),
      CALLER_BUDGET: String(BUDGET),
      CALLER_BUDGET_SECONDS: String(WINDOW_SECONDS),
      SECURITYHUB_RATE: '4',
      SECURITYHUB_BURST: '1',
      GUARDDUTY_RATE: '4',
      GUARDDUTY_BURST: '1',
    },
  });
});
afterAll(() => gateway.stop());

/** Makes a request whose counts change four times a second, for some seconds. */
async function makeRequest(seconds: number): Promise<string> {
  const lane = LANES[requests % LANES.length];
  requests += 1;
  // A caller of its own, whose budget no other request has spent.
  const operator = await gateway.token(`operator-${requests}`, 'OPERATOR');
  const input = { accounts: accounts(seconds * 200, requests * 10_000), ...lane, waitSeconds: 0 };
  const { body } = await gateway.post(
    { query: CREATE, variables: { input } },
    { authorization: `Bearer ${operator}` },
  );
  return (body.data?.['createMembers'] as { request: { id: string } }).request.id;
}

/** Opens a stream; `close` disconnects. */
async function open(secret: string, id: string, query = FOLLOW) {
  const abort = new AbortController();
  const answer = await fetch(`${gateway.url}/graphql/stream`, {
    method: 'POST',
    signal: abort.signal,
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${secret}`,
    },
    body: JSON.stringify({ query, variables: { id } }),
  });
  return { answer, close: () => abort.abort() };
}

/** Sends the headers of a request for a stream, and resolves with the answer that comes before a body. */
async function answerBeforeBody(secret: string): Promise<string> {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST /graphql/stream HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${secret}\r\n` +
      'accept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n',
  );
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.toString();
}

/** Counts statements that read followed requests, their versions, and their targets, until `stop`. */
function countReads() {
  const counts = { versions: 0, requests: 0, targets: 0 };
  const stop = gateway.database.onStatement((sql) => {
    counts.versions += sql.includes('concat_ws') ? 1 : 0;
    counts.requests += sql.includes(`'idempotencyKey', r.`) ? 1 : 0;
    counts.targets += sql.includes(`'isErased', t.`) ? 1 : 0;
  });
  return { counts, stop };
}

describe('streams of one caller', () => {
  it('are limited, while those of another caller are not', async () => {
    const id = await makeRequest(4);
    const hoarder = await gateway.token('hoarder', 'VIEWER');
    const streams = await Promise.all(Array.from({ length: STREAMS + 5 }, () => open(hoarder, id)));
    const refused = streams.filter(({ answer }) => answer.status === 400);
    expect(refused).toHaveLength(5);
    const { errors } = (await refused[0]!.answer.json()) as GraphQLAnswer;
    expect(errors).toMatchObject([
      {
        message: `expected at most ${STREAMS} streams of one caller at a time, got one more; try again when one has ended`,
        extensions: {
          code: 'LIMIT_EXCEEDED',
          limit: 'CALLER_STREAMS',
          maximum: STREAMS,
          actual: STREAMS + 1,
        },
      },
    ]);
    expect(await answerBeforeBody(hoarder)).toContain('400 Bad Request');
    const other = await open(await gateway.token('other', 'VIEWER'), id);
    expect(other.answer.status).toBe(200);
    other.close();
    streams.forEach(({ close }) => {
      close();
    });
    await expect
      .poll(async () => {
        const { answer, close } = await open(hoarder, id);
        close();
        return answer.status;
      })
      .toBe(200);
  });

  it('leave no place taken when they are refused', async () => {
    const id = await makeRequest(1);
    const careless = await gateway.token('careless', 'VIEWER');
    for (let i = 0; i < STREAMS + 5; i += 1) {
      const { answer } = await open(careless, id, 'subscription { nothing }');
      expect(await answer.text()).toContain('GRAPHQL_VALIDATION_FAILED');
    }
    const { answer, close } = await open(careless, id);
    expect(answer.status).toBe(200);
    close();
  });

  it('leave no place taken when their clients disconnect at once', async () => {
    const id = await makeRequest(1);
    const hasty = await gateway.token('hasty', 'VIEWER');
    const body = JSON.stringify({ query: FOLLOW, variables: { id } });
    const head =
      `POST /graphql/stream HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${hasty}\r\n` +
      'accept: text/event-stream\r\ncontent-type: application/json\r\n' +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n`;
    const { hostname, port } = new URL(gateway.url);
    for (let i = 0; i < 2 * STREAMS; i += 1) {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      await new Promise<void>((resolve) => socket.write(head + body, () => resolve()));
      await sleep(i % 8);
      socket.resetAndDestroy();
    }
    await expect
      .poll(async () => {
        const all = await Promise.all(Array.from({ length: STREAMS }, () => open(hasty, id)));
        all.forEach(({ close }) => {
          close();
        });
        return new Set(all.map(({ answer }) => answer.status));
      })
      .toEqual(new Set([200]));
  });

  it('share the reads of one request', async () => {
    // Longer than a busy machine needs to open 40 streams.
    const id = await makeRequest(10);
    const secrets = [await gateway.token('one', 'VIEWER'), await gateway.token('two', 'VIEWER')];
    const streams = await Promise.all(
      secrets.flatMap((secret) => Array.from({ length: STREAMS }, () => open(secret, id))),
    );
    const bodies = streams.map(({ answer }) => answer.body!.getReader());
    await Promise.all(bodies.map((body) => body.read()));
    await sleep(300);
    const { counts, stop } = countReads();
    await sleep(2_000);
    stop();
    streams.forEach(({ close }) => {
      close();
    });
    expect(counts.versions).toBeGreaterThan(2);
    expect(counts.requests).toBeGreaterThan(1);
    // One of each for each change, for all of the 40 streams.
    expect(counts.requests).toBeLessThanOrEqual(counts.versions + 1);
    expect(counts.targets).toBeLessThanOrEqual(counts.versions + 1);
  });
});

describe('the updates of a stream', () => {
  it('cost points: the stream pauses while the budget is spent, and ends with the last state', async () => {
    const id = await makeRequest(4);
    const secret = await gateway.token('spender', 'VIEWER');
    const headers = { authorization: `Bearer ${secret}` };
    const client = createClient({ url: `${gateway.url}/graphql/stream`, headers, retryAttempts: 0 });
    const began = Date.now();
    const seen: unknown[] = [];
    for await (const { data, errors } of client.iterate<{ requestProgress: { status: string } }>({
      query: followPages(30),
      variables: { id },
    })) {
      expect(errors).toBeUndefined();
      seen.push(data?.requestProgress.status);
    }
    client.dispose();
    expect(seen.at(-1)).toBe('SUCCEEDED');
    expect(seen.length).toBeGreaterThan(1);
    // Without a price, one for each of 16 changes. Two fit into each window.
    const windows = Math.ceil((Date.now() - began) / (WINDOW_SECONDS * 1_000)) + 1;
    expect(seen.length).toBeLessThanOrEqual(2 * windows);
    expect(seen.length).toBeLessThan(12);
  });
});
