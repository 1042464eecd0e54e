import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { describeError, GatewayError } from '../../errors.js';
import type { Log } from '../../log.js';
import type { DatabaseAddress } from '../../ports/databaseAddress.js';
import { clientConfig, prepareSession } from './clientConfig.js';
import { DatabaseClient } from './databaseClient.js';
import { type Migration, readMigrations } from './migrationFiles.js';
import { openSchemas, type Schemas } from './schemas.js';
import { checkServer } from './serverCheck.js';
import { startFault } from './startFault.js';

/** The database and its migrations. */
export interface MigrateOptions {
  /** A direct connection: the lock belongs to a session, which a pooler in transaction mode does not keep. */
  address: DatabaseAddress;
  /** A directory in Prisma's layout: one directory per migration, applied in the order of their names. */
  migrationsDir: string;
  log: Log;
}

/** The advisory lock of Prisma's schema engine: `prisma migrate deploy` and the gateway wait for each other. */
const ADVISORY_LOCK = 72_707_369;

/** Longest wait for the migration of another process, in milliseconds. */
const LOCK_LIMIT_MS = 120_000;

/** Longest wait for a connection, in milliseconds. */
const CONNECTION_LIMIT_MS = 10_000;

/** PostgreSQL's code for a role that may not do something. */
const MISSING_RIGHT = '42501';

/** The same table as the one of Prisma's schema engine. */
const CREATE_HISTORY = `CREATE TABLE _prisma_migrations (
  id                  VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum            VARCHAR(64) NOT NULL,
  finished_at         TIMESTAMPTZ,
  migration_name      VARCHAR(255) NOT NULL,
  logs                TEXT,
  rolled_back_at      TIMESTAMPTZ,
  started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

/** The result of a migration. */
export interface Migrated {
  /** The names of the migrations that this call applied. */
  readonly applied: readonly string[];
  readonly schemas: Schemas;
}

interface AppliedMigration {
  name: string;
  checksum: string;
  finished: boolean;
}

/**
 * Migrates the database to the schema of this version, and resolves with what it applied. A database that is up to date is only read:
 * a role without the right to create anything may call this.
 *
 * Each migration has its own transaction: a failed one changes nothing and is not recorded. The history has Prisma's table
 * and checksums, so `prisma migrate deploy` and `prisma migrate status` agree with it. If several processes migrate at the
 * same time, one of them applies the migrations, and the others wait.
 *
 * @throws GatewayError `BAD_CONFIGURATION`, with nothing changed, when the history has a migration that was edited after it
 *   was applied, that failed, or that this version does not know.
 * @throws GatewayError `UNAVAILABLE` when a migration fails or the database cannot be reached, and what `startFault` makes of a
 *   refusal.
 */
export async function migrate({ address, migrationsDir, log }: MigrateOptions): Promise<Migrated> {
  const migrations = await readMigrations(migrationsDir);
  const client = new DatabaseClient({
    ...clientConfig(address, 'gateway migrator'),
    connectionTimeoutMillis: CONNECTION_LIMIT_MS,
  });
  // If the connection is lost between two statements, the next statement rejects.
  client.on('error', (error) => log.warn({ error: error.message }, 'lost the database connection'));
  try {
    await client.connect();
    // A migration may take longer than the statements of an operation.
    await prepareSession(client, address, { statementTimeoutMs: 0 });
    await checkServer(client, address);
    await takeLock(client);
    const schemas = await openSchemas(client, address);
    const pending = findPending(migrations, await readHistory(client, schemas));
    for (const migration of pending) {
      await apply(client, migration);
      log.info({ migration: migration.name }, 'applied a migration');
    }
    return { applied: pending.map(({ name }) => name), schemas };
  } catch (error) {
    throw startFault(error, address, 'cannot migrate the database');
  } finally {
    // The end of the session frees the lock.
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
      `another process has been migrating this database for ${LOCK_LIMIT_MS / 1000} seconds: ${describeError(cause)}`,
      { cause },
    );
  }
  await client.query('RESET lock_timeout');
}

/** The history of this schema. Created when it is missing, by name: another schema of the search_path may have one too. */
async function readHistory(client: pg.Client, { tables }: Schemas): Promise<AppliedMigration[]> {
  const { rows: found } = await client.query<{ missing: boolean }>(
    `SELECT to_regclass($1) IS NULL AS missing`,
    [`"${tables}"._prisma_migrations`],
  );
  if (found[0]?.missing === true) {
    await client.query(CREATE_HISTORY);
  }
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
      const isOlder = migrations.every((migration) => name < migration.name);
      throw new GatewayError(
        'BAD_CONFIGURATION',
        `the database has migration ${name}, which this version of the gateway does not know: ` +
          (isOlder
            ? 'a version before 0.2.0 made it, and its record is not carried over. Name an empty database, or another DATA_DIR'
            : 'a newer version has migrated it'),
      );
    }
    if (!finished) {
      throw new GatewayError(
        'BAD_CONFIGURATION',
        `migration ${name} is recorded as started and not finished. Check its changes in the database, then run: npx prisma@7.10.0 migrate resolve --rolled-back ${name}`,
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
    if ((cause as { code?: unknown }).code === MISSING_RIGHT) {
      throw cause;
    }
    throw new GatewayError(
      'UNAVAILABLE',
      `migration ${migration.name} failed and was rolled back: ${describeError(cause)}`,
      { cause },
    );
  }
}
