import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CreateMembersDocument, RequestDocument } from '../../generated/graphql.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { startFaultProxy, type FaultProxy } from '../../support/faultProxy.js';
import { accounts, execute } from '../../support/gateway.js';
import { spawnGateway, type GatewayProcess } from '../../support/gatewayProcess.js';
import { keepMutating } from '../../support/keepMutating.js';
import { startSandbox, type TestSandbox } from '../../support/sandboxControl.js';
import { byRunLength, inLongRun } from '../../support/runLength.js';

let database: TestDatabase;
let proxy: FaultProxy;
let sandbox: TestSandbox;
let gateway: GatewayProcess;
let sql: pg.Client;

beforeEach(async () => {
  database = await createTestDatabase();
  const { hostname, port } = new URL(database.url);
  proxy = await startFaultProxy({ host: hostname, port: Number(port) });
  sandbox = await startSandbox({ latencyMs: 100 });
  gateway = await startOne(proxy.through(database.url));
  sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
});
afterEach(async () => {
  await sql.end();
  await gateway.kill('SIGTERM');
  await proxy.stop();
  await sandbox.stop();
  await database.drop();
});

const startOne = (databaseUrl: string) =>
  spawnGateway({ DATABASE_URL: databaseUrl, UPSTREAM: 'sandbox', AWS_ENDPOINT_URL: sandbox.url });

async function createMembers(count: number): Promise<string> {
  const input = { accounts: accounts(count), waitSeconds: 0 };
  const answer = await execute(gateway.url, CreateMembersDocument, { input });
  return answer.createMembers?.request?.id ?? expect.fail('no request');
}

async function expectDone(url: string, id: string, total: number): Promise<void> {
  await expect
    .poll(
      () =>
        execute(url, RequestDocument, { id }).then(
          ({ request }) => request?.counts,
          () => null,
        ),
      { timeout: 60_000, interval: 250 },
    )
    .toMatchObject({ total, processed: total });
}

/** Targets whose counts differ from their outcomes, and those of finished requests with unfinished outcomes. */
async function contradictions(): Promise<unknown[]> {
  const { rows } = await sql.query<object>(`
    SELECT t.id, t.request_id FROM target t JOIN request r ON r.id = t.request_id
    JOIN LATERAL (
      SELECT count(*) AS total, count(*) FILTER (WHERE status = 'PROCESSED') AS processed,
        count(*) FILTER (WHERE status = 'IN_FLIGHT') AS in_flight, count(*) FILTER (WHERE status = 'PENDING') AS pending
      FROM (SELECT target_id, status FROM outcome UNION ALL SELECT target_id, status FROM open_outcome) o
      WHERE target_id = t.id
    ) o ON true
    WHERE (t.total, t.processed, t.in_flight, t.pending) <> (o.total, o.processed, o.in_flight, o.pending)
      OR (r.finished_at IS NOT NULL AND o.pending + o.in_flight > 0)`);
  return rows;
}

describe('a gateway that cannot reach PostgreSQL', { timeout: 120_000 }, () => {
  it('records each mutation or refuses it, logs at a bounded rate, and continues when PostgreSQL is back', async () => {
    const id = await createMembers(500);
    const mutations = keepMutating(gateway.url, 50_000);
    await expect.poll(async () => (await sql.query('SELECT 1 FROM request')).rowCount).toBeGreaterThan(5);
    await proxy.coming({ kind: 'REFUSE' });
    proxy.existing({ kind: 'RESET' });
    await expect.poll(async () => (await fetch(`${gateway.url}/health/ready`)).status).toBe(503);
    const lengthBefore = gateway.output().length;
    await sleep(5_000);
    // The lanes, the job queues and the listener have said it once. A client's own refusals are in no log.
    expect(gateway.output().slice(lengthBefore).split('\n').length).toBeLessThan(10);
    await proxy.all({ kind: 'PASS' });
    await expect.poll(async () => (await fetch(`${gateway.url}/health/ready`)).status).toBe(200);
    const { ids, errors } = await mutations.stop();

    expect(ids.length).toBeGreaterThan(0);
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) {
      expect(error).toContain('UNAVAILABLE');
    }
    const { rows } = await sql.query<{ id: string }>('SELECT id::text FROM request');
    const inDoubt = errors.filter((error) => error.includes('Whether the request was recorded is not known'));
    const recorded = new Set(rows.map((row) => `request_${row.id}`));
    expect(ids.filter((one) => !recorded.has(one))).toEqual([]);
    expect(rows.length - 1 - ids.length).toBeLessThanOrEqual(inDoubt.length);
    await expectDone(gateway.url, id, 2_000);
    await expect
      .poll(async () => (await sql.query(`SELECT 1 FROM request WHERE status <> 'SUCCEEDED'`)).rowCount, {
        timeout: 30_000,
      })
      .toBe(0);
    expect(await contradictions()).toEqual([]);
  });

  inLongRun(
    'loses its lanes to another replica, and answers that arrive meanwhile are recorded',
    async () => {
      await sandbox.put('latency', { ms: 1_500 });
      const other = await startOne(database.url);
      try {
        const id = await createMembers(500);
        await expect
          .poll(async () => (await sandbox.calls('CreateMembers')).length)
          .toBeGreaterThanOrEqual(4);
        await proxy.all({ kind: 'BLACK_HOLE' });
        await expectDone(other.url, id, 2_000);
        await proxy.all({ kind: 'PASS' });
        await expect
          .poll(
            async () =>
              (
                await sql.query(
                  `SELECT 1 FROM call WHERE status = 'UNANSWERED' AND error_code = 'WorkerLost' AND late_answer IS NULL`,
                )
              ).rowCount,
            { timeout: 60_000 },
          )
          .toBe(0);
        expect(await contradictions()).toEqual([]);
      } finally {
        await other.kill('SIGTERM');
      }
    },
  );
});

describe('a gateway whose PostgreSQL refuses statements', { timeout: 60_000 }, () => {
  const refusals = [
    ['has a full disk', '53100', 'UNAVAILABLE'],
    ['ends statements that take too long', '57014', 'TIMED_OUT'],
  ] as const;
  it.each(refusals.slice(0, byRunLength(1, 2)))(
    'because it %s keeps its record consistent, and finishes when PostgreSQL recovers',
    async (_why, sqlState, code) => {
      const id = await createMembers(300);
      // One statement at a time: each locks its table, and a statement of the gateway locks several.
      for (const statement of [
        `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION 'refused by the test' USING ERRCODE = '${sqlState}'; END $$`,
        'CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON call EXECUTE FUNCTION refuse()',
        'CREATE TRIGGER refuse BEFORE INSERT ON outcome EXECUTE FUNCTION refuse()',
        'CREATE TRIGGER refuse BEFORE INSERT ON request EXECUTE FUNCTION refuse()',
      ]) {
        await sql.query(statement);
      }
      await expect.poll(() => gateway.output()).toContain('lane paused');
      const input = { accounts: accounts(5, 9_000), waitSeconds: 0 };
      await expect(execute(gateway.url, CreateMembersDocument, { input })).rejects.toThrow(code);
      expect(await contradictions()).toEqual([]);
      await sql.query('DROP TRIGGER refuse ON call');
      await sql.query('DROP TRIGGER refuse ON outcome');
      await sql.query('DROP TRIGGER refuse ON request');
      await expectDone(gateway.url, id, 1_200);
      expect((await sql.query('SELECT 1 FROM request')).rowCount).toBe(1);
      expect(await contradictions()).toEqual([]);
    },
  );
});
