import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { addressOf } from '../../../src/config/databaseAddress.js';
import { migrate } from '../../../src/store/connection/migrator.js';
import { createEmptyDatabase, type TestDatabase } from '../../support/database.js';

const MIGRATION = '20261129000000_token_callers';
const MIGRATIONS = 'prisma/migrations';

let database: TestDatabase;
let client: pg.Client;
/** The migrations before it. */
let directory: string;

beforeEach(async () => {
  database = await createEmptyDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  directory = await mkdtemp(join(tmpdir(), 'gateway-migrations-'));
  for (const name of (await readdir(MIGRATIONS)).filter((one) => one < MIGRATION)) {
    await cp(join(MIGRATIONS, name), join(directory, name), { recursive: true });
  }
  await run();
});
afterEach(async () => {
  await client.end();
  await database.drop();
  await rm(directory, { recursive: true });
});

function run() {
  const options = {
    address: addressOf(database.url),
    migrationsDir: directory,
    log: pino({ level: 'silent' }),
  };
  return migrate(options);
}

/** Applies the migration, and none after it. */
async function migrateTokenCallers(): Promise<void> {
  await cp(join(MIGRATIONS, MIGRATION), join(directory, MIGRATION), { recursive: true });
  await run();
}

/** A token as it was before the migration. @returns its id. */
async function token(name: string): Promise<string> {
  const id = randomUUID();
  await client.query(
    `INSERT INTO api_token (id, name, secret_hash, role, all_administrators, administrators, created_by)
     VALUES ($1::uuid, $2, sha256($1::uuid::text::bytea), 'OPERATOR', true, '{}', 'admin')`,
    [id, name],
  );
  return id;
}

/** A request as it was before the migration. */
async function request(
  callerId: string,
  {
    kind = 'TOKEN',
    tokenId = null,
    key = null,
  }: { kind?: string; tokenId?: string | null; key?: string | null },
): Promise<void> {
  await client.query(
    `INSERT INTO request (id, operation, administrator, caller_id, caller_kind, token_id, idempotency_key, holds_key,
       input_hash, open_targets, total)
     VALUES ($1, 'CREATE_MEMBERS', 'security', $2, $3::actor_kind, $4::uuid, $5::text, $5::text IS NOT NULL, 'hash', 1, 1)`,
    [randomUUID(), callerId, kind, tokenId, key],
  );
}

async function settled(callerId: string): Promise<void> {
  await client.query(
    `INSERT INTO lane (administrator, service, region) VALUES ('security', 'GUARDDUTY', 'eu-west-1') ON CONFLICT DO NOTHING`,
  );
  await client.query(
    `INSERT INTO settled_hour (hour, lane_id, operation, caller_id, status, reason, outcomes)
     SELECT '2026-11-01T00:00:00Z', id, 'CREATE_MEMBERS', $1, 'PROCESSED', '', 7 FROM lane`,
    [callerId],
  );
}

async function rows(sql: string): Promise<unknown[]> {
  return (await client.query<object>(sql)).rows;
}

it('gives each request of a token to that token, with its name, and keeps the keys', async () => {
  const [first, second] = [await token('portal'), await token('portal')];
  await request('portal', { tokenId: first, key: 'one' });
  await request('portal', { tokenId: second, key: 'two' });
  await request('portal', { kind: 'USER', key: 'one' });
  await request('local', { kind: 'LOCAL' });
  await request('script', {});
  await migrateTokenCallers();
  const after = await rows(
    `SELECT caller_id AS id, caller_kind AS kind, caller_name AS name, idempotency_key AS key, holds_key AS holds
     FROM request ORDER BY caller_kind, caller_name, idempotency_key, caller_id`,
  );
  expect(after).toEqual(
    expect.arrayContaining([
      { id: `token_${first}`, kind: 'TOKEN', name: 'portal', key: 'one', holds: true },
      { id: `token_${second}`, kind: 'TOKEN', name: 'portal', key: 'two', holds: true },
      { id: 'portal', kind: 'USER', name: null, key: 'one', holds: true },
      { id: 'local', kind: 'LOCAL', name: null, key: null, holds: false },
      // Recorded before requests had their token.
      { id: 'script', kind: 'TOKEN', name: null, key: null, holds: false },
    ]),
  );
  expect(after).toHaveLength(5);
});

it('moves the counts of a name to its token only when the name has one token and no other caller', async () => {
  const own = await token('own');
  await request('own', { tokenId: own });
  await token('shared');
  await token('shared');
  await token('ann');
  await request('ann', { kind: 'USER' });
  for (const name of ['own', 'shared', 'ann', 'gone']) {
    await settled(name);
  }
  await migrateTokenCallers();
  expect(await rows('SELECT caller_id AS id, outcomes::int FROM settled_hour ORDER BY caller_id')).toEqual(
    [`token_${own}`, 'shared', 'ann', 'gone'].toSorted().map((id) => ({ id, outcomes: 7 })),
  );
});

it('withdraws the confirmations of tokens, and keeps those of users', async () => {
  for (const kind of ['TOKEN', 'USER', 'LOCAL']) {
    await client.query(
      `INSERT INTO removal_confirmation (token_hash, caller_id, caller_kind, bound_hash, expires_at)
       VALUES (sha256($1::text::bytea), 'ann', $1::text::actor_kind, 'hash', now() + interval '15 minutes')`,
      [kind],
    );
  }
  await migrateTokenCallers();
  expect(
    await rows('SELECT caller_kind AS kind FROM removal_confirmation ORDER BY caller_kind::text'),
  ).toEqual([{ kind: 'LOCAL' }, { kind: 'USER' }]);
});
