import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addressOf } from '../../src/config/databaseAddress.js';
import { openDatabase } from '../../src/store/connection/client.js';
import { trySession } from '../../src/store/connection/sessionCheck.js';
import { CreateMembersDocument, RequestDocument } from '../generated/graphql.js';
import { createEmptyDatabase, onServer, type TestDatabase } from '../support/database.js';
import { accounts, execute } from '../support/gateway.js';
import { spawnGateway } from '../support/gatewayProcess.js';
import {
  hasPgBouncer,
  keepsPreparedStatements,
  startPgBouncer,
  type PgBouncer,
} from '../support/pgbouncer.js';
import { startSandbox, type TestSandbox } from '../support/sandboxControl.js';

let database: TestDatabase;
let sandbox: TestSandbox;
let pooler: PgBouncer | null = null;

beforeEach(async () => {
  database = await createEmptyDatabase();
  sandbox = await startSandbox();
});
afterEach(async () => {
  await pooler?.stop();
  pooler = null;
  await sandbox.stop();
  await database.drop();
});

const pool = async (...settings: string[]) => {
  pooler = await startPgBouncer(database.url, settings);
  return pooler.through(database.url);
};
const start = (environment: Record<string, string>) =>
  spawnGateway({ UPSTREAM: 'sandbox', AWS_ENDPOINT_URL: sandbox.url, ...environment });

/** Adds members through this gateway until their request is settled. */
async function addMembers(url: string, count: number, first = 0): Promise<void> {
  const { createMembers } = await execute(url, CreateMembersDocument, {
    input: { accounts: accounts(count, first), waitSeconds: 20 },
  });
  expect(createMembers?.request?.status).toBe('SUCCEEDED');
}

/** The statements that PgBouncer has prepared on one of its connections, under names of its own. */
async function preparedThrough(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ prepared: number }>(
    `SELECT count(*)::int AS prepared FROM pg_prepared_statements WHERE name LIKE 'PGBOUNCER%'`,
  );
  await client.end();
  return rows[0]?.prepared ?? 0;
}

/** Exports, which read with a cursor. */
const exported = async (url: string) =>
  (await (await fetch(`${url}/export/outcomes.jsonl`)).text()).trim().split('\n').length;

describe.skipIf(!hasPgBouncer)('PgBouncer (skipped where neither PGBOUNCER_PATH nor Debian has one)', () => {
  it('in session mode, with its defaults, needs nothing else', async () => {
    const pooled = await pool('pool_mode = session');
    const gateway = await start({ DATABASE_URL: pooled });
    try {
      await addMembers(gateway.url, 120);
      expect(await exported(gateway.url)).toBe(480);
      expect(await gateway.kill('SIGTERM')).toBe(0);
      expect(gateway.output()).not.toMatch(/"level":(40|50|60)/);
    } finally {
      await gateway.kill('SIGKILL');
    }
  });

  it('in session mode, passes on the statement timeout and the schema', async () => {
    const pooled = await pool('pool_mode = session');
    await onServer(database.url, (client) => client.query('CREATE SCHEMA gateway'));
    const { prisma, close } = openDatabase(addressOf(`${pooled}?schema=gateway`));
    try {
      expect(await prisma.$queryRaw`SHOW statement_timeout`).toEqual([{ statement_timeout: '30s' }]);
      expect(await prisma.$queryRaw`SHOW search_path`).toEqual([{ search_path: 'gateway' }]);
    } finally {
      await close();
    }
  });

  it('cancels the right statement, though it tells its clients other process ids', async () => {
    const pooled = await pool('pool_mode = session');
    const { prisma, cancellable, close } = openDatabase(addressOf(pooled));
    try {
      await prisma.$queryRaw`SELECT 1`;
      const asked = cancellable(AbortSignal.timeout(500), () => prisma.$queryRaw`SELECT pg_sleep(20)::text`);
      await expect(asked).rejects.toMatchObject({ code: 'TIMED_OUT' });
      const { rows } = await onServer(database.url, (client) =>
        client.query(
          `SELECT query FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'`,
        ),
      );
      expect(rows).toEqual([]);
    } finally {
      await close();
    }
  });

  it('lets another replica take the lanes of a dead one over', async () => {
    const pooled = await pool('pool_mode = session', 'default_pool_size = 60');
    const [first, second] = [await start({ DATABASE_URL: pooled }), await start({ DATABASE_URL: pooled })];
    try {
      await sandbox.put('latency', { ms: 2_000 });
      const { createMembers } = await execute(first.url, CreateMembersDocument, {
        input: { accounts: accounts(300), waitSeconds: 0 },
      });
      await sleep(500);
      await first.kill('SIGKILL');
      const id = createMembers?.request?.id ?? '';
      await sandbox.put('latency', { ms: 0 });
      await expect
        .poll(async () => (await execute(second.url, RequestDocument, { id })).request?.status, {
          timeout: 60_000,
        })
        .toBe('SUCCEEDED');
    } finally {
      await first.kill('SIGKILL');
      await second.kill('SIGTERM');
    }
  });

  it('in transaction mode, is told at the start in one line, on any port', async () => {
    const pooled = await pool('pool_mode = transaction');
    const failed = await start({ DATABASE_URL: pooled }).then(String, String);
    expect(failed).toMatch(
      /^Error: the gateway ended: cannot start: DATABASE_URL: LISTEN and session locks do not last at 127\.0\.0\.1:\d+\/\w+: a pooler in transaction mode is in between; set DIRECT_DATABASE_URL to the same database without it, or use pool_mode = session\n$/,
    );
    const direct = await start({ DATABASE_URL: database.url, DIRECT_DATABASE_URL: pooled }).then(
      String,
      String,
    );
    expect(direct).toMatch(
      /ended: cannot start: DIRECT_DATABASE_URL: LISTEN and session locks do not last [^\n]*\n$/,
    );
  });

  it.each(['default_pool_size = 3', 'default_pool_size = 20'])(
    'in transaction mode, works with DIRECT_DATABASE_URL beside it (%s)',
    async (size) => {
      const pooled = await pool('pool_mode = transaction', size);
      const gateway = await start({ DATABASE_URL: pooled, DIRECT_DATABASE_URL: database.url });
      try {
        await Promise.all(Array.from({ length: 8 }, (_, place) => addMembers(gateway.url, 60, place * 60)));
        expect(await exported(gateway.url)).toBe(8 * 240);
        expect(await gateway.kill('SIGTERM')).toBe(0);
        const lines = gateway.output().match(/^.*"level":(?:40|50|60).*$/gm);
        expect(lines).toHaveLength(1);
        expect(lines?.[0]).toMatch(
          /no statement_timeout behind the pooler.*ALTER ROLE .* SET statement_timeout = '30s'/,
        );
      } finally {
        await gateway.kill('SIGKILL');
      }
    },
  );

  it.skipIf(!keepsPreparedStatements)(
    'in transaction mode, prepares statements where it keeps them (skipped before PgBouncer 1.21)',
    async () => {
      const settings = ['pool_mode = transaction', 'default_pool_size = 3'];
      const pooled = await pool(...settings, 'max_prepared_statements = 200');
      expect(await trySession(addressOf(pooled))).toEqual({ keepsSession: false, keepsPrepared: true });
      const gateway = await start({ DATABASE_URL: pooled, DIRECT_DATABASE_URL: database.url });
      try {
        await Promise.all(Array.from({ length: 8 }, (_, place) => addMembers(gateway.url, 60, place * 60)));
        expect(await exported(gateway.url)).toBe(8 * 240);
        expect(await preparedThrough(pooled)).toBeGreaterThan(0);
        expect(await gateway.kill('SIGTERM')).toBe(0);
        expect(gateway.output().match(/^.*"level":(?:40|50|60).*$/gm)).toHaveLength(1);
      } finally {
        await gateway.kill('SIGKILL');
      }
      await pooler?.stop();
      const forgetful = await pool(...settings, 'max_prepared_statements = 0');
      expect(await trySession(addressOf(forgetful))).toMatchObject({ keepsPrepared: false });
    },
  );

  it('in transaction mode, has the schema and the timeout of the role, and says so when it has not', async () => {
    const role = `pooled_${process.pid}`;
    const owner = new URL(database.url);
    await onServer(database.url, (client) =>
      client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'word'; CREATE SCHEMA gateway AUTHORIZATION ${role}`),
    );
    try {
      owner.username = role;
      owner.password = 'word';
      pooler = await startPgBouncer(owner.href, ['pool_mode = transaction', 'server_lifetime = 1']);
      const environment = {
        DATABASE_URL: `${pooler.through(owner.href)}?schema=gateway`,
        DIRECT_DATABASE_URL: `${owner.href}?schema=gateway`,
      };
      expect(await start(environment).then(String, String)).toMatch(
        /ended: cannot start: DATABASE_URL: expected the schema gateway behind the pooler, which forgets SET; got public\. Run ALTER ROLE "\w+" SET search_path = gateway, [^\n]*\n$/,
      );
      await onServer(database.url, (client) =>
        client.query(
          `ALTER ROLE ${role} SET search_path = gateway; ALTER ROLE ${role} SET statement_timeout = '30s'`,
        ),
      );
      await sleep(2_000);
      const gateway = await start(environment);
      await addMembers(gateway.url, 60);
      expect(await gateway.kill('SIGTERM')).toBe(0);
      expect(gateway.output()).not.toMatch(/"level":(40|50|60)/);
    } finally {
      await onServer(database.url, (client) =>
        client.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`),
      );
    }
  });

  it('in statement mode, is refused in one line', async () => {
    const pooled = await pool('pool_mode = statement');
    const failed = await start({ DATABASE_URL: pooled, DIRECT_DATABASE_URL: database.url }).then(
      String,
      String,
    );
    expect(failed).toMatch(
      /ended: cannot start: DATABASE_URL: [^\n]*use pool_mode = transaction or session\n$/,
    );
  });
});

describe('a connection without a pooler', () => {
  it('keeps a session and prepared statements, and the check leaves nothing behind', async () => {
    expect(await trySession(addressOf(database.url))).toEqual({ keepsSession: true, keepsPrepared: true });
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory'
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`);
    await client.end();
    expect(rows).toEqual([]);
  });
});
