import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CreateMembersDocument, RequestDocument } from '../../generated/graphql.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { accounts, execute } from '../../support/gateway.js';
import { spawnGateway, type GatewayProcess } from '../../support/gatewayProcess.js';
import { startSandbox, type TestSandbox } from '../../support/sandboxControl.js';
import { inLongRun } from '../../support/runLength.js';

let database: TestDatabase;
let sandbox: TestSandbox;
let gateway: GatewayProcess;
let sql: pg.Client;

beforeEach(async () => {
  database = await createTestDatabase();
  sandbox = await startSandbox();
  gateway = await startOne();
  sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
});
afterEach(async () => {
  await sql.end();
  await gateway.kill('SIGKILL');
  await sandbox.stop();
  await database.drop();
});

const startOne = () =>
  spawnGateway({ DATABASE_URL: database.url, UPSTREAM: 'sandbox', AWS_ENDPOINT_URL: sandbox.url });

/** Creates members and resolves when the first calls to Security Hub are in flight; every answer takes `latencyMs`. */
async function createWithCallsInFlight(count: number, latencyMs: number): Promise<string> {
  await sandbox.put('latency', { ms: latencyMs });
  const input = { accounts: accounts(count), waitSeconds: 0 };
  const { createMembers } = await execute(gateway.url, CreateMembersDocument, { input });
  await expect.poll(async () => (await sandbox.calls('CreateMembers')).length).toBeGreaterThanOrEqual(2);
  return createMembers?.request?.id ?? expect.fail('no request');
}

const ready = () =>
  fetch(`${gateway.url}/health/ready`).then(
    ({ status }) => status,
    () => 'refused',
  );
const countCalls = async (condition: string) =>
  (await sql.query<{ calls: number }>(`SELECT count(*)::int AS calls FROM call WHERE ${condition}`)).rows[0]
    ?.calls;

describe('a gateway that is stopping', { timeout: 60_000 }, () => {
  it('refuses new requests, answers waiting mutations, settles calls in flight and sends no more calls', async () => {
    await createWithCallsInFlight(3_000, 2_000);
    const waiting = execute(gateway.url, CreateMembersDocument, {
      input: { accounts: accounts(1, 90_000), waitSeconds: 60 },
    });
    await expect.poll(async () => (await sql.query('SELECT 1 FROM request')).rowCount).toBe(2);
    const ended = gateway.kill('SIGTERM');
    await expect.poll(ready).not.toBe(200);
    const late = execute(gateway.url, CreateMembersDocument, { input: { accounts: accounts(1, 95_000) } });
    await expect(late).rejects.toThrow(/UNAVAILABLE|fetch failed/);
    expect(['PENDING', 'RUNNING']).toContain((await waiting).createMembers?.request?.status);
    expect(await ended).toBe(0);

    const sent = (await sandbox.calls('CreateMembers')).length;
    expect(await countCalls(`status = 'ANSWERED'`)).toBe(sent);
    expect(await countCalls(`status <> 'ANSWERED' OR settled_at IS NULL`)).toBe(0);
    expect((await sql.query(`SELECT 1 FROM open_outcome WHERE status = 'IN_FLIGHT'`)).rowCount).toBe(0);
  });

  inLongRun('hands its lanes to another replica, which finishes them without reading back', async () => {
    const id = await createWithCallsInFlight(1_000, 1_000);
    const other = await startOne();
    expect(await gateway.kill('SIGTERM')).toBe(0);
    await sandbox.put('latency', { ms: 0 });
    gateway = other;
    await expect
      .poll(async () => (await execute(gateway.url, RequestDocument, { id })).request?.status, {
        timeout: 40_000,
      })
      .toBe('SUCCEEDED');
    expect(await countCalls(`status <> 'ANSWERED'`)).toBe(0);
    expect(await sandbox.calls('GetMembers')).toEqual([]);
    const sent = (await sandbox.calls('CreateMembers')).flatMap(({ accountIds }) => accountIds);
    expect(sent).toHaveLength(4_000);
  });

  it('exits at once at a second signal, and its calls in flight stay SENT for the next holder', async () => {
    await createWithCallsInFlight(50, 20_000);
    const ended = gateway.kill('SIGTERM');
    await expect.poll(ready).not.toBe(200);
    const repeated = setInterval(() => process.kill(gateway.pid, 'SIGTERM'), 300);
    expect(
      await ended.finally(() => {
        clearInterval(repeated);
      }),
    ).toBe('SIGTERM');
    expect(await countCalls(`status = 'SENT'`)).toBe(2);
  });
});
