import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addressOf } from '../../../src/config/databaseAddress.js';
import { createLog } from '../../../src/log.js';
import { connectReplica } from '../../../src/store/connection/replicaConnection.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { NO_HANDLERS } from '../../support/replicaHandlers.js';

let database: TestDatabase;
let sql: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

it('is seen while it is connected, and not from the moment at which its connection is lost', async () => {
  const replica = randomUUID();
  const connection = await connectReplica(addressOf(database.url), replica, NO_HANDLERS, createLog('silent'));
  expect(connection.isSeen()).toBe(true);

  await sql.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%' || $1::text`,
    [replica],
  );
  await expect.poll(() => connection.isSeen(), { interval: 5 }).toBe(false);
  await expect.poll(() => connection.isSeen(), { interval: 50 }).toBe(true);
  await connection.close();
  expect(connection.isSeen()).toBe(false);
});
