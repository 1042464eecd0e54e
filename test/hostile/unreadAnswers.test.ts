import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CreateMembersDocument } from '../generated/graphql.js';
import { writeRun } from '../store/history/historyRecord.js';
import { accounts, startGateway, type TestGateway } from '../support/gateway.js';

/** In place of 60 s. */
const UNREAD_MS = 1_000;

/** The fields of an answer of about 2 MB. */
const PAGES = Array.from(
  { length: 45 },
  (_, i) =>
    `p${i}: outcomes(first: 100) { nodes { id accountId email administrator service region status reason settledAt request { id note } } }`,
).join(' ');

/** How many of these answers a client asks for on one connection: more than the buffers of the sockets hold. */
const ANSWERS = 8;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({
    intervals: { unreadAnswerMs: UNREAD_MS },
    environment: {
      SECURITYHUB_RATE: '0.01',
      SECURITYHUB_BURST: '1',
      GUARDDUTY_RATE: '4',
      GUARDDUTY_BURST: '1',
    },
  });
  await writeRun(gateway.database.prisma, { administrator: 'archive', from: 1, to: 10, accounts: 1000 });
});
afterAll(() => gateway.stop());

const EXPORT = 'GET /export/outcomes.jsonl HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n';

function post(query: string, path = '/graphql'): string {
  const body = JSON.stringify({ query });
  const head = `POST ${path} HTTP/1.1\r\nhost: localhost\r\naccept: */*, text/event-stream\r\ncontent-type: application/json`;
  return `${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** Sends a request on a socket of its own, of which nothing is read. */
function ask(request: string): Socket {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.pause();
  socket.write(request);
  return socket;
}

/** Reads to the end of the connection; resolves with the number of bytes. */
async function readAll(socket: Socket): Promise<number> {
  let bytes = 0;
  socket.on('data', (data) => (bytes += data.length));
  socket.resume();
  await new Promise((resolve) => socket.once('close', resolve));
  return bytes;
}

/** The exports that hold a connection to the database. */
async function openExports(): Promise<number> {
  const [row] = await gateway.database.prisma.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'membership-gateway-export' AND state <> 'idle'`;
  return row!.count;
}

describe('a client that does not read', () => {
  it('ends its export: others get its connection', async () => {
    const sockets = Array.from({ length: 4 }, () => ask(EXPORT));
    await expect.poll(openExports).toBe(4);
    const other = await fetch(`${gateway.url}/export/outcomes.csv?region=mars-1`);
    expect([other.status, (await other.text()).split('\r\n')]).toEqual([200, [expect.any(String), '']]);
    await expect.poll(openExports).toBe(0);
    for (const socket of sockets) {
      expect(await readAll(socket)).toBeGreaterThan(0);
    }
  });

  it('is disconnected before the end of an answer to a query', async () => {
    const socket = ask(post(`{ ${PAGES} }`).repeat(ANSWERS));
    const answer = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `{ ${PAGES} }` }),
    });
    const length = (await answer.text()).length;
    await sleep(4 * UNREAD_MS);
    expect(await readAll(socket)).toBeLessThan(ANSWERS * length);
  });

  it('is disconnected too when it reads a byte a second', async () => {
    const socket = ask(EXPORT);
    const timer = setInterval(() => void socket.read(1), 1_000);
    await expect.poll(openExports).toBe(1);
    await expect.poll(openExports).toBe(0);
    clearInterval(timer);
    socket.destroy();
  });
});

describe('a client that reads slowly', () => {
  it('gets the whole answer', { timeout: 60_000 }, async () => {
    const fast = await readAll(ask(EXPORT));
    const socket = ask(EXPORT);
    let bytes = 0;
    const began = Date.now();
    socket.on('data', (data) => {
      bytes += data.length;
      socket.pause();
      // In all more than three times as long as a client may read nothing.
      setTimeout(() => socket.resume(), (bytes * (4 * UNREAD_MS)) / fast - (Date.now() - began));
    });
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(Date.now() - began).toBeGreaterThan(3 * UNREAD_MS);
    expect(bytes).toBe(fast);
  });
});

describe('an answer that is not ready', () => {
  it('may take longer than a client may read nothing', async () => {
    const input = {
      accounts: accounts(200),
      services: ['SECURITY_HUB' as const],
      regions: ['us-east-1'],
      waitSeconds: 3,
    };
    const began = Date.now();
    const { createMembers } = await gateway.execute(CreateMembersDocument, { input });
    expect(createMembers?.request?.status).not.toBe('SUCCEEDED');
    expect(Date.now() - began).toBeGreaterThan(2 * UNREAD_MS);
  });
});

describe('a stream that its client does not read', () => {
  it('is closed: its request is not read any more', async () => {
    const input = {
      accounts: accounts(8_000, 1_000),
      services: ['GUARDDUTY' as const],
      regions: ['us-east-1'],
      waitSeconds: 0,
    };
    const { createMembers } = await gateway.execute(CreateMembersDocument, { input });
    const id = createMembers?.request?.id ?? '';
    let reads = 0;
    const stop = gateway.database.onStatement((sql) => {
      reads += sql.includes('concat_ws') ? 1 : 0;
    });
    const socket = ask(post(`subscription { requestProgress(id: "${id}") { ${PAGES} } }`, '/graphql/stream'));
    await expect.poll(() => reads).toBeGreaterThan(2);
    const readsOfOneSecond = async () => {
      const before = reads;
      await sleep(1_000);
      return reads - before;
    };
    await expect.poll(readsOfOneSecond, { timeout: 25_000 }).toBe(0);
    stop();
    const { body } = await gateway.post({ query: `{ request(id: "${id}") { status } }` });
    expect(body.data).toEqual({ request: { status: 'RUNNING' } });
    expect(await readAll(socket)).toBeGreaterThan(0);
  });
});
