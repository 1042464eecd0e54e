import { once } from 'node:events';
import { get, type ClientRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeRun } from '../store/history/historyRecord.js';
import { onServer } from '../support/database.js';
import { startGateway, type GraphQLAnswer, type TestGateway } from '../support/gateway.js';

const EXPORT = 'export/outcomes.jsonl';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({
    environment: { AUTH_MODE: 'token' },
    intervals: { credentialCheckMs: 500 },
  });
  await writeRun(gateway.database.prisma, { administrator: 'archive', from: 1, to: 10, accounts: 1000 });
});
afterAll(() => gateway.stop());

/** Begins an export of which nothing more is read. */
async function begin(secret: string): Promise<{ request: ClientRequest; response: IncomingMessage }> {
  const headers = { authorization: `Bearer ${secret}` };
  const request = get(`${gateway.url}/${EXPORT}`, { headers });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  request.on('error', () => undefined);
  response.on('error', () => undefined);
  return { request, response };
}

async function fetchExport(secret: string): Promise<Response> {
  return fetch(`${gateway.url}/${EXPORT}?region=mars-1`, { headers: { authorization: `Bearer ${secret}` } });
}

describe('exports of one caller', () => {
  it('are limited, however many the caller asks for at once, and leave room for others', async () => {
    const hoarder = await gateway.token('hoarder', 'VIEWER');
    const all = await Promise.all(Array.from({ length: 10 }, () => begin(hoarder)));
    const open = all.filter(({ response }) => response.statusCode === 200);
    expect(open).toHaveLength(2);

    const refused = await fetchExport(hoarder);
    expect(refused.status).toBe(400);
    const { errors } = (await refused.json()) as GraphQLAnswer;
    expect(errors).toMatchObject([
      {
        message:
          'expected at most 2 exports of one caller at a time, got one more; try again when one has ended',
        extensions: { code: 'LIMIT_EXCEEDED', limit: 'CALLER_EXPORTS', maximum: 2, actual: 3 },
      },
    ]);

    const other = await gateway.token('other', 'VIEWER');
    const served = await Promise.all([fetchExport(other), fetchExport(other)]);
    expect(served.map(({ status }) => status)).toEqual([200, 200]);

    open[0]!.request.destroy();
    await expect.poll(async () => (await fetchExport(hoarder)).status).toBe(200);
    open[1]!.request.destroy();
  });

  it('are limited again after refusals, errors and disconnections', async () => {
    const secret = await gateway.token('careless', 'VIEWER');
    const headers = { authorization: `Bearer ${secret}` };
    for (let round = 0; round < 5; round += 1) {
      expect((await fetch(`${gateway.url}/${EXPORT}?status=DONE`, { headers })).status).toBe(400);
      expect((await fetchExport(secret)).status).toBe(200);
      (await begin(secret)).request.destroy();
    }
    await expect
      .poll(async () => {
        const both = await Promise.all([begin(secret), begin(secret)]);
        both.forEach(({ request }) => request.destroy());
        return both.map(({ response }) => response.statusCode);
      })
      .toEqual([200, 200]);
  });
});

describe('exports of several callers whose clients do not read', () => {
  it('give way one by one when others wait, and are cut', async () => {
    const holders = [await gateway.token('holder1', 'VIEWER'), await gateway.token('holder2', 'VIEWER')];
    const held = [];
    for (const secret of [...holders, ...holders]) {
      held.push(await begin(secret));
    }
    expect(held.map(({ response }) => response.statusCode)).toEqual([200, 200, 200, 200]);
    const reader = await gateway.token('reader', 'VIEWER');
    const headers = { authorization: `Bearer ${reader}` };
    const served = await fetch(`${gateway.url}/${EXPORT}`, { headers });
    expect(served.status).toBe(200);
    expect((await served.text()).split('\n').length).toBeGreaterThan(10_000);
    // Which one was longest without progress depends on the buffers of the system.
    const ends = await Promise.allSettled(held.map(({ response }) => text(response)));
    const cut = ends.filter(({ status }) => status === 'rejected');
    expect(cut).toEqual([
      { status: 'rejected', reason: expect.objectContaining({ message: 'aborted' }) as Error },
    ]);
  });
});

async function revoke(name: string): Promise<void> {
  await onServer(gateway.databaseUrl, (client) =>
    client.query(`UPDATE api_token SET revoked_at = now(), revoked_by = 'boss' WHERE name = $1`, [name]),
  );
}

/** The number of exports that PostgreSQL works for. */
function exportsRead(): Promise<number | null> {
  return onServer(gateway.databaseUrl, async (client) => {
    const { rowCount } = await client.query(`SELECT FROM pg_stat_activity WHERE datname = current_database()
      AND application_name = 'membership-gateway-export' AND state <> 'idle'`);
    return rowCount;
  });
}

describe('an export that its client does not read', () => {
  it('ends when its token is revoked, and frees its place', async () => {
    const secret = await gateway.token('revoked', 'VIEWER');
    const { response } = await begin(secret);
    expect(response.statusCode).toBe(200);
    await expect.poll(exportsRead).toBe(1);
    await revoke('revoked');
    await expect.poll(exportsRead).toBe(0);
    await expect(text(response)).rejects.toThrow('aborted');
  });

  // By HTTP/1.0 the end of the connection is the end of the answer: a proxy would pass an orderly one on as a whole answer.
  it('is cut by a reset, so that a proxy that speaks HTTP/1.0 does not take it for whole', async () => {
    const secret = await gateway.token('cut', 'VIEWER');
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    socket.write(`GET /${EXPORT} HTTP/1.0\r\nauthorization: Bearer ${secret}\r\n\r\n`);
    const [start] = (await once(socket, 'data')) as [Buffer];
    expect(start.toString('latin1')).toMatch(/^HTTP\/1.1 200 [^]*\r\nx-accel-buffering: no\r\n/i);
    socket.pause();
    await expect.poll(exportsRead).toBe(1);
    await revoke('cut');
    await expect.poll(exportsRead).toBe(0);
    const ended = once(socket.resume(), 'close');
    await expect(ended).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('an export of more rows than the budget pays for', () => {
  /** Points of a window, and its length in seconds. */
  const [BUDGET, WINDOW_SECONDS] = [3_000, 2];
  let limited: TestGateway;
  beforeAll(async () => {
    limited = await startGateway({
      environment: {
        AUTH_MODE: 'token',
        CALLER_BUDGET: String(BUDGET),
        CALLER_BUDGET_SECONDS: String(WINDOW_SECONDS),
      },
    });
    await writeRun(limited.database.prisma, { administrator: 'archive', from: 1, to: 10, accounts: 250 });
  });
  afterAll(() => limited.stop());

  it('pauses until the budget is full again, and is whole', async () => {
    const secret = await limited.token('patient', 'VIEWER');
    const began = performance.now();
    const answer = await fetch(`${limited.url}/${EXPORT}`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    const rows = (await answer.text()).trimEnd().split('\n').length;
    // 10,000 rows are 5,000 points, beside 1,000 for the export.
    expect(rows).toBe(10_000);
    expect(performance.now() - began).toBeGreaterThan((WINDOW_SECONDS * 1_000) / 2);
  });
});
