import type pg from 'pg';
import { GatewayError } from '../../errors.js';
import type { Log } from '../../log.js';
import type { DatabaseAddress } from '../../ports/databaseAddress.js';
import type { Schemas } from './schemas.js';
import { startFault } from './startFault.js';

/**
 * Checks the settings that the role must have when a pooler forgets SET.
 *
 * @throws GatewayError `BAD_CONFIGURATION` when statements would not find the tables. A missing statement_timeout is logged only:
 *   the gateway waits 35 seconds for an answer.
 */
export async function checkRoleSettings(
  pool: pg.Pool,
  address: DatabaseAddress,
  { tables }: Schemas,
  log: Log,
): Promise<void> {
  const { role, schema, timeout } = await readSettings(pool).catch((error: unknown) => {
    throw startFault(error, address, 'cannot open the database');
  });
  if (schema !== tables) {
    throw new GatewayError(
      'BAD_CONFIGURATION',
      `${address.variable}: expected the schema ${tables} behind the pooler, which forgets SET; got ${schema ?? 'none'}. Run ` +
        `ALTER ROLE "${role}" SET search_path = ${tables}, then RECONNECT in the pooler`,
    );
  }
  if (timeout === '0') {
    log.warn(
      `${address.variable}: no statement_timeout behind the pooler, which forgets SET. Run ALTER ROLE "${role}" SET statement_timeout = '30s'`,
    );
  }
}

async function readSettings(
  pool: pg.Pool,
): Promise<{ role: string; schema: string | null; timeout: string }> {
  const { rows } = await pool.query<{ role: string; schema: string | null; timeout: string }>(
    `SELECT current_user::text AS role, current_schema()::text AS schema, current_setting('statement_timeout') AS timeout`,
  );
  const [settings] = rows;
  if (settings === undefined) {
    throw new Error('no settings');
  }
  return settings;
}
