import pg from 'pg';
import Cursor from 'pg-cursor';
import { GatewayError } from '../../errors.js';
import type { Log } from '../../log.js';
import type { ExportStore } from '../../ports/exports.js';
import type { OutcomeRow } from '../../ports/history.js';
import { createCanceller } from '../connection/cancellation.js';
import { selectAllOutcomes, toOutcomeRow } from './pages/historyOutcomes.js';
import type { JsonRow } from '../sql/jsonPages.js';

/** Exports at a time: each keeps a connection for as long as its client takes. */
const MOST_EXPORTS = 4;

/** Rows that are in memory at a time: about a quarter of a megabyte. */
const ROWS_PER_PART = 500;

/** Longest an export waits for another to end. */
const MAX_WAIT_MS = 5_000;

/** The store's exports, with connections of their own: made when needed, and given up after some seconds. */
export interface Exports extends ExportStore {
  close(): Promise<void>;
}

/** Opens nothing yet. */
export function createExports(databaseUrl: string, log: Log): Exports {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: MOST_EXPORTS,
    connectionTimeoutMillis: MAX_WAIT_MS,
    application_name: 'membership-gateway-export',
  });
  const canceller = createCanceller(databaseUrl);
  pool.on('error', (error) => {
    log.warn({ err: error }, 'idle export connection lost');
  });
  return {
    async *outcomes(caller, filter) {
      const { text, values } = selectAllOutcomes(caller, filter);
      const client = await connect(pool);
      let cancelled: Promise<void> | undefined;
      const cancel = (): void => {
        cancelled = canceller.cancel(client);
      };
      caller.gone?.addEventListener('abort', cancel, { once: true });
      // A part that is asked for late is no slow statement: nothing limits how long a client may take.
      const cursor = client.query(new Cursor<{ row: JsonRow<OutcomeRow> }>(text, values));
      let failure: Error | undefined;
      try {
        for (;;) {
          const rows = await cursor.read(ROWS_PER_PART);
          if (rows.length === 0) {
            return;
          }
          yield rows.map(({ row }) => toOutcomeRow(row));
        }
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error));
        throw caller.gone?.aborted === true ? abandoned(failure) : error;
      } finally {
        caller.gone?.removeEventListener('abort', cancel);
        await cursor.close().catch(() => undefined);
        await cancelled;
        client.release(failure);
      }
    },
    async close() {
      await pool.end();
      await canceller.close();
    },
  };
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (cause) {
    throw new GatewayError(
      'UNAVAILABLE',
      `no connection for an export: ${MOST_EXPORTS} run at a time, or the database cannot be reached; try again in a moment`,
      { cause },
    );
  }
}

/** For the log: there is nobody to read it. */
function abandoned(cause: Error): GatewayError {
  return new GatewayError('UNAVAILABLE', 'the export was given up: its client has left', { cause });
}
