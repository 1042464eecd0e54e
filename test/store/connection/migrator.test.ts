import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withSchemaEngine } from '../../../scripts/schemaEngine.js';
import { addressOf } from '../../../src/config/databaseAddress.js';
import { migrate } from '../../../src/store/connection/migrator.js';
import { createEmptyDatabase, type TestDatabase } from '../../support/database.js';

const log = pino({ level: 'silent' });

let database: TestDatabase;
let client: pg.Client;
let migrationsDir: string;

beforeEach(async () => {
  database = await createEmptyDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  migrationsDir = await mkdtemp(join(tmpdir(), 'gateway-migrations-'));
  await writeFile(join(migrationsDir, 'migration_lock.toml'), 'provider = "postgresql"\n');
  await write('1_one', 'CREATE TABLE one (id int);\nINSERT INTO one VALUES (1);\n');
  await write('2_two', 'CREATE TABLE two (id int); -- a comment; with a semicolon\n');
});
afterEach(async () => {
  await client.end();
  await database.drop();
  await rm(migrationsDir, { recursive: true });
});

async function write(name: string, sql: string): Promise<void> {
  await mkdir(join(migrationsDir, name), { recursive: true });
  await writeFile(join(migrationsDir, name, 'migration.sql'), sql);
}

async function run(): Promise<{ applied: readonly string[] }> {
  const { applied } = await migrate({ address: addressOf(database.url), migrationsDir, log });
  return { applied };
}

async function history(): Promise<{ name: string; checksum: string; finished: boolean }[]> {
  const { rows } = await client.query<{ name: string; checksum: string; finished: boolean }>(
    `SELECT migration_name AS name, checksum, finished_at >= started_at AND applied_steps_count = 1 AS finished
     FROM _prisma_migrations ORDER BY started_at`,
  );
  return rows;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

it('applies missing migrations in the order of their names, and each only once', async () => {
  expect(await run()).toEqual({ applied: ['1_one', '2_two'] });
  expect(await run()).toEqual({ applied: [] });
  await write('3_three', 'ALTER TABLE two ADD COLUMN word text;');
  expect(await run()).toEqual({ applied: ['3_three'] });
  expect((await history()).map(({ name, finished }) => [name, finished])).toEqual([
    ['1_one', true],
    ['2_two', true],
    ['3_three', true],
  ]);
});

it('applies each migration once when many processes start at the same time', async () => {
  const runs = await Promise.all(Array.from({ length: 8 }, run));
  expect(runs.flatMap(({ applied }) => applied)).toEqual(['1_one', '2_two']);
  expect((await client.query('SELECT id FROM one')).rows).toEqual([{ id: 1 }]);
});

it('leaves no trace of a failed migration, and continues there after it is corrected', async () => {
  await write('2_two', 'CREATE TABLE two (id int); SELECT nonsense;');
  await expect(run()).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: 'migration 2_two failed and was rolled back: column "nonsense" does not exist',
  });
  expect((await history()).map(({ name }) => name)).toEqual(['1_one']);
  expect((await client.query(`SELECT to_regclass('two') AS two`)).rows).toEqual([{ two: null }]);
  await write('2_two', 'CREATE TABLE two (id int);');
  expect(await run()).toEqual({ applied: ['2_two'] });
});

it('refuses a migration edited after it was applied', async () => {
  await run();
  const before = await readFile(join(migrationsDir, '1_one', 'migration.sql'), 'utf8');
  await write('1_one', `${before} `);
  await expect(run()).rejects.toMatchObject({
    code: 'BAD_CONFIGURATION',
    message: `migration 1_one was edited after it was applied: the database has checksum ${sha256(before)}, the file ${sha256(`${before} `)}`,
  });
});

it('accepts a file whose line endings git has changed', async () => {
  await run();
  await write('1_one', 'CREATE TABLE one (id int);\r\nINSERT INTO one VALUES (1);\r\n');
  expect(await run()).toEqual({ applied: [] });
});

it('refuses a database that a newer gateway has migrated', async () => {
  await run();
  await rm(join(migrationsDir, '2_two'), { recursive: true });
  await expect(run()).rejects.toMatchObject({
    code: 'BAD_CONFIGURATION',
    message:
      'the database has migration 2_two, which this version of the gateway does not know: a newer version has migrated it',
  });
});

it('refuses a database of a version before the first, and says what to do', async () => {
  await run();
  await rm(join(migrationsDir, '1_one'), { recursive: true });
  await expect(run()).rejects.toMatchObject({
    code: 'BAD_CONFIGURATION',
    message:
      'the database has migration 1_one, which this version of the gateway does not know: a version before 0.2.0 made it, and its record is not carried over. Name an empty database, or another DATA_DIR',
  });
});

it('refuses a database with a failed migration, and tries again once it is marked as rolled back', async () => {
  await run();
  await client.query(`UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '2_two'`);
  await expect(run()).rejects.toMatchObject({
    code: 'BAD_CONFIGURATION',
    message:
      'migration 2_two is recorded as started and not finished. Check its changes in the database, then run: npx prisma@7.10.0 migrate resolve --rolled-back 2_two',
  });
  // What that command does, and what the person before it did.
  await client.query(`UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = '2_two'`);
  await client.query('DROP TABLE two');
  expect(await run()).toEqual({ applied: ['2_two'] });
});

it('waits for a migration that Prisma is applying', async () => {
  await client.query('SELECT pg_advisory_lock(72707369)');
  const waiting = run();
  const { rows } = await client.query(`SELECT pg_sleep(0.2), to_regclass('one') AS one`);
  expect(rows).toMatchObject([{ one: null }]);
  await client.query('SELECT pg_advisory_unlock(72707369)');
  expect(await waiting).toEqual({ applied: ['1_one', '2_two'] });
});

it('leaves a history in which Prisma finds no edited, failed or pending migration', async () => {
  await rm(migrationsDir, { recursive: true });
  await cp('prisma/migrations', migrationsDir, { recursive: true });
  const { applied } = await run();
  expect(applied.length).toBeGreaterThan(0);
  const list = async (name: string) => ({
    path: name,
    migrationFile: {
      path: 'migration.sql',
      content: {
        tag: 'ok' as const,
        value: await readFile(join(migrationsDir, name, 'migration.sql'), 'utf8'),
      },
    },
  });
  const migrationDirectories = await Promise.all(applied.map(list));
  const diagnose = () =>
    withSchemaEngine(database.url, (engine) =>
      engine.diagnoseMigrationHistory({
        migrationsList: {
          baseDir: migrationsDir,
          lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
          shadowDbInitScript: '',
          migrationDirectories,
        },
        optInToShadowDatabase: false,
        filters: { externalTables: [], externalEnums: [] },
      }),
    );
  expect(await diagnose()).toEqual({
    editedMigrationNames: [],
    failedMigrationNames: [],
    hasMigrationsTable: true,
    history: null,
  });
  await client.query(`UPDATE _prisma_migrations SET checksum = repeat('0', 64)`);
  expect(await diagnose()).toMatchObject({ editedMigrationNames: applied });
});

it('creates the same history table as Prisma, column by column', async () => {
  await run();
  const { rows } = await client.query(
    `SELECT column_name || ' ' || udt_name || coalesce('(' || character_maximum_length || ')', '')
         || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END || coalesce(' default ' || column_default, '') AS shape
     FROM information_schema.columns WHERE table_name = '_prisma_migrations' ORDER BY ordinal_position`,
  );
  expect(rows.map(({ shape }: { shape: string }) => shape)).toEqual([
    'id varchar(36) not null',
    'checksum varchar(64) not null',
    'finished_at timestamptz',
    'migration_name varchar(255) not null',
    'logs text',
    'rolled_back_at timestamptz',
    'started_at timestamptz not null default now()',
    'applied_steps_count int4 not null default 0',
  ]);
});

it('reports an installation without migrations', async () => {
  const missing = join(migrationsDir, 'missing');
  await expect(migrate({ address: addressOf(database.url), migrationsDir: missing, log })).rejects.toThrow(
    `cannot read the migrations in ${missing}`,
  );
  await mkdir(missing);
  await expect(migrate({ address: addressOf(database.url), migrationsDir: missing, log })).rejects.toThrow(
    `no migrations in ${missing}`,
  );
  await mkdir(join(missing, '1_one'));
  await expect(migrate({ address: addressOf(database.url), migrationsDir: missing, log })).rejects.toThrow(
    `cannot read ${join(missing, '1_one', 'migration.sql')}`,
  );
});

it('reports that the database cannot be reached', async () => {
  const refused = 'postgresql://nobody:secret@127.0.0.1:1/none';
  await expect(migrate({ address: addressOf(refused), migrationsDir, log })).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message:
      'DATABASE_URL: cannot migrate the database at 127.0.0.1:1/none: connect ECONNREFUSED 127.0.0.1:1',
  });
});
