import type pg from 'pg';
import Cursor from 'pg-cursor';
import { GatewayError } from '../../errors.js';
import type { DatabaseAddress } from '../../ports/databaseAddress.js';
import type { ExportStore } from '../../ports/exports.js';
import { cancelStatement } from '../connection/cancellation.js';
import { DatabasePool } from '../connection/databasePool.js';
import { clientConfig, sessionPreparer } from '../connection/clientConfig.js';
import { selectAllOutcomesAsText } from './pages/outcomesAsText.js';

/** Most exports at a time: each keeps a connection until its client has read everything. */
export const MAX_EXPORTS = 4;

/** Rows of a batch, about 0.25 MB. Two are in memory at a time. */
const ROWS_PER_BATCH = 500;

/** Longest that an export waits for its connection. */
const MAX_WAIT_MS = 5_000;

/** The exports of the store. */
export interface Exports extends ExportStore {
  close(): Promise<void>;
}

/** Exports with connections of their own, which open when an export begins and close some seconds after its end. */
export function createExports(address: DatabaseAddress): Exports {
  const pool = new DatabasePool({
    ...clientConfig(address, 'membership-gateway-export'),
    // An export waits for its server without a limit. A server that has gone is noticed within 15 seconds.
    keepAliveInitialDelayMillis: 5_000,
    max: MAX_EXPORTS,
    connectionTimeoutMillis: MAX_WAIT_MS,
    // No statement timeout: the time between two batches is that of the client.
    verify: sessionPreparer(address, { statementTimeoutMs: 0 }),
  });
  return {
    async *outcomes(caller, filter, columns, format) {
      const { text, values } = selectAllOutcomesAsText(caller, filter, columns, format);
      const client = await connect(pool);
      let cancelled: Promise<void> | undefined;
      const cancel = (): void => {
        cancelled ??= cancelStatement(client);
      };
      caller.disconnected?.addEventListener('abort', cancel, { once: true });
      const cursor = client.query(new Cursor<{ row: string }>(text, values));
      const read = () => {
        const rows = cursor.read(ROWS_PER_BATCH);
        // It may fail while the batch before it is written, and nothing waits for it.
        rows.catch(() => undefined);
        return rows;
      };
      let next = read();
      let isWhole = false;
      try {
        for (let rows = await next; rows.length > 0; rows = await next) {
          // PostgreSQL reads on while this batch is written.
          next = read();
          yield rows.map(({ row }) => row);
        }
        isWhole = true;
      } catch (error) {
        throw caller.disconnected?.aborted === true ? clientDisconnected(error) : error;
      } finally {
        caller.disconnected?.removeEventListener('abort', cancel);
        if (!isWhole) {
          cancel();
        }
        await cancelled;
        // A cursor that has failed cannot be closed: pg-cursor would wait forever. Its connection ends with it.
        client.release(!isWhole);
      }
    },
    close: () => pool.end(),
  };
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (cause) {
    throw new GatewayError(
      'UNAVAILABLE',
      'no connection for an export: the database cannot be reached; try again in a moment',
      { cause },
    );
  }
}

/** For the log only: the client cannot read it. */
function clientDisconnected(cause: unknown): GatewayError {
  return new GatewayError('UNAVAILABLE', 'the export was cancelled: its client has disconnected', { cause });
}
