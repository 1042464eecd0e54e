import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { GatewayError } from '../../errors.js';
import type { Log } from '../../log.js';
import { type Migration, readMigrations } from './migrationFiles.js';

/** What to migrate, with what. */
export interface MigrateOptions {
  /** A direct connection: the lock belongs to a session, which a pooler in transaction mode does not keep. */
  databaseUrl: string;
  /** A directory in Prisma's layout: one directory per migration, applied in the order of their names. */
  migrationsDir: string;
  log: Log;
}

/** Prisma's own lock for the same purpose (its schema engine takes it too), so that `prisma migrate deploy` and the gateway wait for each other. */
const ADVISORY_LOCK = 72_707_369;

/** How long to wait for another process's migration. */
const LOCK_LIMIT_MS = 120_000;

// Word for word what Prisma's schema engine makes.
const CREATE_HISTORY = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id                  VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum            VARCHAR(64) NOT NULL,
  finished_at         TIMESTAMPTZ,
  migration_name      VARCHAR(255) NOT NULL,
  logs                TEXT,
  rolled_back_at      TIMESTAMPTZ,
  started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

interface AppliedMigration {
  name: string;
  checksum: string;
  finished: boolean;
}

/**
 * Brings the database to this version's schema, on one connection, each migration in a transaction of its own: a
 * failed one leaves nothing behind, not even a record. The history is kept in Prisma's table and with its checksums,
 * so `prisma migrate deploy` and `status` agree with it. Any number of processes may do it at once; one works and the
 * others find it done. Returns the names applied by this call.
 *
 * Throws `BAD_CONFIGURATION`, having changed nothing, when the history is not a beginning of ours: a migration edited
 * after it was applied, one that failed, or one that this version does not know. Throws `UNAVAILABLE` when a
 * migration fails or the database cannot be reached.
 */
export async function migrate({
  databaseUrl,
  migrationsDir,
  log,
}: MigrateOptions): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(migrationsDir);
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'gateway migrator' });
  // A connection lost between two statements is reported by the next one.
  client.on('error', (error) => log.warn({ error: error.message }, 'lost the database connection'));
  try {
    await client.connect();
    await takeLock(client);
    await client.query(CREATE_HISTORY);
    const pending = findPending(migrations, await readHistory(client));
    for (const migration of pending) {
      await apply(client, migration);
      log.info({ migration: migration.name }, 'applied a migration');
    }
    return { applied: pending.map(({ name }) => name) };
  } catch (error) {
    if (error instanceof GatewayError) {
      throw error;
    }
    throw new GatewayError('UNAVAILABLE', `cannot migrate the database: ${describe(error)}`, {
      cause: error,
    });
  } finally {
    // The lock goes with the session.
    await client.end();
  }
}

async function takeLock(client: pg.Client): Promise<void> {
  await client.query(`SET lock_timeout = ${LOCK_LIMIT_MS}`);
  try {
    await client.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK]);
  } catch (cause) {
    throw new GatewayError(
      'UNAVAILABLE',
      `another process has been migrating this database for ${LOCK_LIMIT_MS / 1000} seconds: ${describe(cause)}`,
      { cause },
    );
  }
  await client.query('RESET lock_timeout');
}

async function readHistory(client: pg.Client): Promise<AppliedMigration[]> {
  const { rows } = await client.query<AppliedMigration>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
     FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return rows;
}

function findPending(migrations: Migration[], history: AppliedMigration[]): Migration[] {
  const byName = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, checksum, finished } of history) {
    const ours = byName.get(name);
    if (ours === undefined) {
      throw new GatewayError(
        'BAD_CONFIGURATION',
        `the database has migration ${name}, which this version of the gateway does not know: a newer one has used it`,
      );
    }
    if (!finished) {
      throw new GatewayError(
        'BAD_CONFIGURATION',
        `migration ${name} is recorded as begun and not finished. Look at what it left, then run: npx prisma migrate resolve --rolled-back ${name}`,
      );
    }
    if (!ours.checksums.includes(checksum)) {
      throw new GatewayError(
        'BAD_CONFIGURATION',
        `migration ${name} was edited after it was applied: the database has checksum ${checksum}, the file ${ours.checksums[0]}`,
      );
    }
  }
  const applied = new Set(history.map(({ name }) => name));
  return migrations.filter(({ name }) => !applied.has(name));
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at) VALUES ($1, $2, $3, clock_timestamp())`,
      [randomUUID(), migration.checksums[0], migration.name],
    );
    await client.query(migration.sql);
    await client.query(
      `UPDATE _prisma_migrations SET finished_at = clock_timestamp(), applied_steps_count = 1 WHERE migration_name = $1 AND rolled_back_at IS NULL`,
      [migration.name],
    );
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw new GatewayError(
      'UNAVAILABLE',
      `migration ${migration.name} failed and was rolled back: ${describe(cause)}`,
      { cause },
    );
  }
}

function describe(error: unknown): string {
  // A refused connection has its reasons, one per address tried, and no message of its own.
  if (error instanceof AggregateError) {
    return error.errors.map((each) => describe(each)).join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}
