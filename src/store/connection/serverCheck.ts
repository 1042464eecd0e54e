import type pg from 'pg';
import { GatewayError } from '../../errors.js';
import type { DatabaseAddress } from '../../ports/databaseAddress.js';

/** The oldest version of PostgreSQL that the statements of the store, and pg-boss, are tested with. */
export const OLDEST_VERSION = 14;

/**
 * Checks that the server is new enough and takes writes.
 *
 * @throws GatewayError `BAD_CONFIGURATION` or `UNAVAILABLE`, in one line.
 */
export async function checkServer(client: pg.Client, { variable }: DatabaseAddress): Promise<void> {
  const { rows } = await client.query<{ version: number; release: string; readOnly: string }>(
    `SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS release,
       current_setting('transaction_read_only') AS "readOnly"`,
  );
  const [server] = rows;
  if (server !== undefined && server.version < OLDEST_VERSION * 10_000) {
    throw new GatewayError(
      'BAD_CONFIGURATION',
      `${variable}: expected PostgreSQL ${OLDEST_VERSION} or later; got ${server.release}`,
    );
  }
  if (server?.readOnly === 'on') {
    throw new GatewayError(
      'UNAVAILABLE',
      `${variable}: the database is read-only. Name the primary, or all servers, one of which takes writes: postgresql://a:5432,b:5432/database`,
    );
  }
}
