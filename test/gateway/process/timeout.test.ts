import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../../support/gateway.js';
import { lockTable } from '../../support/lockedTable.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ environment: { EXECUTION_TIMEOUT_SECONDS: '1' } });
});
afterAll(() => gateway.stop());

/** The number of statements that wait for a lock, with this word in their first kilobyte. */
async function countWaiting(word: string, client: pg.Client): Promise<number> {
  // Otherwise the transaction would see its first snapshot again.
  await client.query('SELECT pg_stat_clear_snapshot()');
  const { rows } = await client.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%${word}%'`,
  );
  return rows.length;
}

/** Of the statement that reads requests by id. The gateway's own work waits for the table too, now and then. */
const READ = 'r.id = wanted.id';

it('ends a query at its timeout, with its statement in PostgreSQL', async () => {
  const client = await lockTable(gateway.databaseUrl, 'request');
  try {
    const answer = gateway.post({
      query:
        'query { administrators { id } node(id: "request_01a1fc84-6b0b-7357-ad8c-145f65014dad") { id } }',
    });
    await expect.poll(() => countWaiting(READ, client), { timeout: 900, interval: 20 }).toBe(1);
    const { status, body } = await answer;
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ administrators: [{ id: 'default' }], node: null });
    expect(body.errors).toMatchObject([
      {
        path: ['node'],
        extensions: { code: 'TIMED_OUT', limit: 'EXECUTION_TIMEOUT_SECONDS', maximum: 1 },
      },
    ]);
    await expect.poll(() => countWaiting(READ, client), { timeout: 5_000 }).toBe(0);
  } finally {
    await client.query('ROLLBACK');
    await client.end();
  }
});

it('ends a text page at its timeout, with its statement in PostgreSQL', async () => {
  const post = () => gateway.post({ query: '{ outcomes { nodes { id } } }' });
  // The third execution compiles the query.
  for (let time = 0; time < 3; time += 1) {
    expect((await post()).body).toMatchObject({ data: { outcomes: {} } });
  }
  const client = await lockTable(gateway.databaseUrl, 'outcome');
  try {
    const answer = post();
    await expect
      .poll(() => countWaiting('page AS MATERIALIZED', client), { timeout: 900, interval: 20 })
      .toBe(1);
    const { status, body } = await answer;
    expect([status, body.data]).toEqual([200, null]);
    expect(body.errors).toMatchObject([
      { path: ['outcomes'], extensions: { code: 'TIMED_OUT', maximum: 1 } },
    ]);
    await expect.poll(() => countWaiting('page AS MATERIALIZED', client), { timeout: 5_000 }).toBe(0);
  } finally {
    await client.query('ROLLBACK');
    await client.end();
  }
});
