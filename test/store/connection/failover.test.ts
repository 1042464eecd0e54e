import type pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { addressOf } from '../../../src/config/databaseAddress.js';
import { createLog } from '../../../src/log.js';
import { openDatabase } from '../../../src/store/connection/client.js';
import { DatabaseClient } from '../../../src/store/connection/databaseClient.js';
import { clientConfig } from '../../../src/store/connection/clientConfig.js';
import { DatabasePool } from '../../../src/store/connection/databasePool.js';
import { connectReplica } from '../../../src/store/connection/replicaConnection.js';
import { migrate } from '../../../src/store/connection/migrator.js';
import { onServer } from '../../support/database.js';
import { startPostgresPair, type PostgresPair } from '../../support/postgresPair.js';
import { NO_HANDLERS } from '../../support/replicaHandlers.js';

const log = createLog('fatal');

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let pair: PostgresPair;

beforeAll(async () => {
  pair = await startPostgresPair();
  await onServer(pair.primaryUrl(), (client) => client.query('CREATE TABLE written (value int)'));
  await migrate({ address: addressOf(pair.primaryUrl()), migrationsDir: 'prisma/migrations', log });
});
afterAll(async () => {
  await pair.stop();
});

const openPool = (url: string, max = 3) => new DatabasePool({ ...clientConfig(addressOf(url), 'test'), max });
const portOf = async (pool: pg.Pool) =>
  (await pool.query<{ port: number }>('SELECT inet_server_port() AS port')).rows[0]?.port;
const urlOf = (port: number) => pair.primaryUrl().replace(/:\d+\/postgres$/, `:${port}/postgres`);

it('connects to the host that takes writes, wherever it stands in the URL', async () => {
  const port = Number(new URL(pair.primaryUrl()).port);
  for (const ports of [pair.ports, pair.ports.toReversed()]) {
    const hosts = ports.map((each) => `127.0.0.1:${each}`).join(',');
    const pool = openPool(pair.primaryUrl().replace(/127.0.0.1:\d+/, hosts));
    expect(await portOf(pool)).toBe(port);
    await pool.end();
  }
});

it('refuses a standby with target_session_attrs, and names each host and its reason', async () => {
  const port = pair.ports.find((each) => !pair.primaryUrl().includes(`:${each}/`)) ?? 0;
  const pool = openPool(`${urlOf(port)}?target_session_attrs=read-write`);
  await expect(pool.query('SELECT 1')).rejects.toThrow(
    `no host of the database takes writes: 127.0.0.1:${port}: read-only`,
  );
  await pool.end();
});

it('reads from the only server when it is read-only, and writes as soon as it takes writes again', async () => {
  const database = openDatabase(addressOf(pair.primaryUrl()));
  const write = () => database.prisma.$executeRaw`INSERT INTO written VALUES (1)`;
  await Promise.all([write(), write(), write()]);
  await pair.makePrimaryReadOnly();
  await expect(write()).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: 'the database is read-only just now; try again in a moment',
  });
  expect(await database.notReady()).toBe('the database is read-only');
  expect(await database.prisma.$queryRaw`SELECT 1 AS one`).toEqual([{ one: 1 }]);
  expect(database.poolGauge()).toMatchObject({ total: 0 });
  await pair.makePrimaryWritable();
  await expect.poll(() => write().catch(() => 0)).toBe(1);
  expect(await database.notReady()).toBeNull();
  await database.close();
});

it('keeps no connection to a primary that was demoted, not even an idle one', async () => {
  const pool = openPool(pair.url);
  const former = await portOf(pool);
  await Promise.all([portOf(pool), portOf(pool), portOf(pool)]);
  expect(pool.idleCount).toBe(3);
  await pair.makePrimaryReadOnly();
  await expect(pool.query('INSERT INTO written VALUES (2)')).rejects.toMatchObject({ code: '25006' });
  expect(pool.totalCount).toBe(0);
  await pair.promoteStandby();
  await pool.query('INSERT INTO written VALUES (3)');
  expect(await portOf(pool)).not.toBe(former);
  await pool.end();
  await pair.rebuildStandby();
});

it('listens to the new primary, and says that the server is another one', async () => {
  let replaced = 0;
  const finished: string[] = [];
  const connection = await connectReplica(
    addressOf(pair.url),
    '00000000-0000-4000-8000-000000000001',
    {
      ...NO_HANDLERS,
      requestFinished: (id) => finished.push(id),
      serverReplaced: () => (replaced += 1),
    },
    log,
  );
  await pair.makePrimaryReadOnly();
  await pair.promoteStandby();
  await expect.poll(() => replaced).toBe(1);
  await onServer(pair.primaryUrl(), (client) => client.query(`NOTIFY request_finished, 'a'`));
  await expect.poll(() => finished).toEqual(['a']);
  await connection.close();
  await pair.rebuildStandby();
});

it('closes the listening connection, though it is just being made again', async () => {
  const url = pair.primaryUrl();
  const connection = await connectReplica(
    addressOf(url),
    '00000000-0000-4000-8000-000000000002',
    NO_HANDLERS,
    log,
  );
  const select = (what: string) =>
    onServer(url, (client) =>
      client.query(`SELECT ${what} FROM pg_stat_activity WHERE application_name LIKE '%000002'`),
    );
  const connect = vi.spyOn(DatabaseClient.prototype, 'connect');
  expect((await select('pg_terminate_backend(pid)')).rowCount).toBe(1);
  // The attempt to connect again has begun.
  await expect.poll(() => connect.mock.calls.length, { interval: 1 }).toBeGreaterThan(0);
  await connection.close();
  connect.mockRestore();
  await expect.poll(async () => (await select('pid')).rowCount).toBe(0);
});
