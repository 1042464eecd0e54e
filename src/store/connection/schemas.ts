import type pg from 'pg';
import { GatewayError } from '../../errors.js';
import type { DatabaseAddress } from '../../ports/databaseAddress.js';

/** The schema of pg-boss's tables beside tables in `public`. In a schema of its own, the gateway has both together. */
const JOBS_BESIDE_PUBLIC = 'pgboss';

/** Names that no statement has to quote, and that pg-boss accepts. */
const PLAIN_NAME = /^[a-z_][a-z0-9_]{0,49}$/;

/** The schemas that the gateway works in. */
export interface Schemas {
  /** Of the record and of Prisma's history of migrations. */
  readonly tables: string;
  /** Of pg-boss. */
  readonly jobs: string;
}

/**
 * The schemas of this session, created when they are missing: the schema of the address, else the first one of the role's
 * search_path.
 *
 * @throws GatewayError `BAD_CONFIGURATION` when the search_path has no schema that exists, or one with an odd name.
 */
export async function openSchemas(client: pg.ClientBase, address: DatabaseAddress): Promise<Schemas> {
  if (address.schema !== null) {
    await createMissing(client, address.schema);
  }
  const { rows } = await client.query<{ name: string | null; path: string }>(
    `SELECT current_schema() AS name, current_setting('search_path') AS path`,
  );
  const tables = rows[0]?.name ?? null;
  if (tables === null || !PLAIN_NAME.test(tables)) {
    throw new GatewayError(
      'BAD_CONFIGURATION',
      `${address.variable}: the search_path is ${rows[0]?.path ?? ''}; expected a schema that exists, named with small letters, ` +
        'digits and underscores: create it, or add ?schema=NAME to the address',
    );
  }
  const jobs = tables === 'public' ? JOBS_BESIDE_PUBLIC : tables;
  await createMissing(client, jobs);
  return { tables, jobs };
}

/** CREATE SCHEMA IF NOT EXISTS needs CREATE on the database even if the schema is there. */
async function createMissing(client: pg.ClientBase, schema: string): Promise<void> {
  const { rows } = await client.query<{ missing: boolean }>(
    `SELECT NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1) AS missing`,
    [schema],
  );
  if (rows[0]?.missing === true) {
    // Two processes may come here at the same time.
    await client.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
  }
}
