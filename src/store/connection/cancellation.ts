import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';
import type { Cancellable, Ending } from '../../ports/cancellable.js';

/** Longest wait for a connection, and for the answer, in milliseconds: the statement has a limit of its own besides. */
const CANCEL_TIMEOUT_MS = 5_000;

/** Cancels statements of other connections. */
export interface Canceller {
  /** Resolves when PostgreSQL has told the connection's process, or could not be asked. */
  cancel(connection: pg.ClientBase): Promise<void>;
  close(): Promise<void>;
}

/** Opens nothing before something is to be cancelled, and keeps its one connection for some seconds. */
export function createCanceller(databaseUrl: string): Canceller {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 1,
    query_timeout: CANCEL_TIMEOUT_MS,
    connectionTimeoutMillis: CANCEL_TIMEOUT_MS,
    application_name: 'membership-gateway cancels',
  });
  pool.on('error', () => undefined);
  pool.on('connect', (connection) => connection.on('error', () => undefined));
  return {
    async cancel(connection) {
      // Sent by PostgreSQL when the connection was made; @types/pg does not know it.
      const { processID } = connection as pg.ClientBase & { readonly processID: number };
      await pool.query('SELECT pg_cancel_backend($1)', [processID]).catch(() => undefined);
    },
    close: () => pool.end(),
  };
}

/**
 * Makes the statements of a pool cancellable. What runs within is known by Node's own context of asynchronous calls: Prisma
 * has no place to hand one through. Statements of transactions are not meant.
 */
export function makeCancellable(pool: pg.Pool, canceller: Canceller): Cancellable {
  const running = new AsyncLocalStorage<Ending>();
  const plain = pool.query.bind(pool) as (...args: unknown[]) => unknown;

  /** The connection is kept until it is certain that no other statement can be hit. */
  const query = async (ending: Ending, args: unknown[]): Promise<unknown> => {
    refuseAfter(ending);
    const connection = await pool.connect();
    let failure: Error | undefined;
    let cancelled: Promise<void> | undefined;
    const cancel = (): void => {
      cancelled = canceller.cancel(connection);
    };
    try {
      refuseAfter(ending);
      ending.listen(cancel);
      return await (connection.query as (...args: unknown[]) => Promise<unknown>).apply(connection, args);
    } catch (error) {
      if (ending.reason === undefined) {
        failure = error instanceof Error ? error : new Error(String(error));
      }
      throw error;
    } finally {
      ending.unlisten(cancel);
      await cancelled;
      connection.release(failure);
    }
  };

  pool.query = ((...args: unknown[]) => {
    const ending = running.getStore();
    return ending === undefined ? plain(...args) : query(ending, args);
  }) as typeof pool.query;

  // `await` here and not outside: Prisma sends nothing before somebody waits for it.
  return (ending, read) => running.run(ending, async () => await read());
}

function refuseAfter({ reason }: Ending): void {
  if (reason !== undefined) {
    throw reason;
  }
}
