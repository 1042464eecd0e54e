import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ environment: { EXECUTION_TIMEOUT_SECONDS: '1' } });
});
afterAll(() => gateway.stop());

it('ends a query that takes too long, and what PostgreSQL still does for it', async () => {
  const client = new pg.Client({ connectionString: gateway.databaseUrl });
  await client.connect();
  try {
    await client.query('BEGIN; LOCK TABLE request IN ACCESS EXCLUSIVE MODE');
    const { status, body } = await gateway.post({
      query:
        'query { administrators { id } node(id: "request_01a1fc84-6b0b-7357-ad8c-145f65014dad") { id } }',
    });
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ administrators: [{ id: 'default' }], node: null });
    expect(body.errors).toMatchObject([
      {
        path: ['node'],
        extensions: { code: 'TIMED_OUT', limit: 'EXECUTION_TIMEOUT_SECONDS', maximum: 1 },
      },
    ]);
    const waiting = async () => {
      // The transaction would see the same answer again and again.
      await client.query('SELECT pg_stat_clear_snapshot()');
      const { rows } = await client.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%request%'`,
      );
      return rows.length;
    };
    await expect.poll(waiting, { timeout: 5_000 }).toBe(0);
  } finally {
    await client.query('ROLLBACK');
    await client.end();
  }
});
