import type pg from 'pg';
import { GatewayError } from '../../errors.js';
import { Prisma } from '../../generated/client.js';
import type { DatabaseAddress } from '../../ports/databaseAddress.js';
import type { Schemas } from './schemas.js';
import { startFault } from './startFault.js';

/** The tables of the record: of each model, its name in snake case. */
const RECORD_TABLES = Object.values(Prisma.ModelName).map((model) =>
  model.replaceAll(/(?<=.)[A-Z]/g, '_$&').toLowerCase(),
);

/** The tables of pg-boss that the statements of the record write: a request and its jobs are one transaction. */
const JOB_TABLES = ['job', 'queue'];

/**
 * Checks that the role of the record may read and write every table that it uses.
 *
 * @throws GatewayError `BAD_CONFIGURATION` with the first tables that it may not, and what `startFault` makes of a refusal.
 */
export async function checkPrivileges(
  pool: pg.Pool,
  address: DatabaseAddress,
  { tables, jobs }: Schemas,
): Promise<void> {
  const names = [
    ...RECORD_TABLES.map((table) => `${tables}.${table}`),
    ...JOB_TABLES.map((table) => `${jobs}.${table}`),
  ];
  const missing = await readMissing(pool, names).catch((error: unknown) => {
    throw startFault(error, address, 'cannot open the database');
  });
  if (missing.length > 0) {
    throw new GatewayError(
      'BAD_CONFIGURATION',
      `${address.variable}: the role of this address may not read and write ${missing.join(', ')}; grant the rights of docs/postgresql.md`,
    );
  }
}

/** The first three of the tables that exist and that the role may not read and write. */
async function readMissing(pool: pg.Pool, tables: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT n.nspname || '.' || c.relname AS name
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname || '.' || c.relname = ANY ($1) AND c.relkind IN ('r', 'p')
       AND NOT (has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
         AND has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'UPDATE')
         AND has_table_privilege(c.oid, 'DELETE'))
     ORDER BY 1 LIMIT 3`,
    [tables],
  );
  return rows.map(({ name }) => name);
}
