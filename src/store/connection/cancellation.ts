import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';
import type { Cancellable } from '../../ports/cancellable.js';

/** Longest wait for a connection, and for the answer, in milliseconds: the statement has a limit of its own besides. */
const CANCEL_TIMEOUT_MS = 5_000;

/** Cancels statements of other connections. */
export interface Canceller {
  /** Resolves when PostgreSQL has signalled the connection's process, or cannot be reached. */
  cancel(connection: pg.ClientBase): Promise<void>;
  close(): Promise<void>;
}

/**
 * Has one connection of its own, which a full pool cannot delay. The first cancellation opens it, and ten idle seconds close it.
 */
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
      // PostgreSQL sends it when the connection is made. @types/pg does not declare it.
      const { processID } = connection as pg.ClientBase & { readonly processID: number };
      await pool.query('SELECT pg_cancel_backend($1)', [processID]).catch(() => undefined);
    },
    close: () => pool.end(),
  };
}

/** A pool whose statements, except those in transactions, can be cancelled. */
export class CancellablePool extends pg.Pool {
  /** The signal of the read that sends a statement: Prisma has no parameter that would carry it. */
  private readonly signals = new AsyncLocalStorage<AbortSignal>();
  private readonly canceller: Canceller;

  constructor(config: pg.PoolConfig, canceller: Canceller) {
    super(config);
    this.canceller = canceller;
  }

  // `await` inside: Prisma sends a statement when its promise is awaited, not before.
  readonly cancellable: Cancellable = (signal, read) => this.signals.run(signal, async () => await read());

  /** Typed to fit each overload of pg's `query`. */
  override query(...args: unknown[]): never {
    const signal = this.signals.getStore();
    const query = super.query as (...args: unknown[]) => unknown;
    return (signal === undefined ? query.apply(this, args) : this.queryUntil(signal, args)) as never;
  }

  /** Keeps the connection until the cancellation is over, so that it cannot hit a later statement. */
  private async queryUntil(signal: AbortSignal, args: unknown[]): Promise<unknown> {
    signal.throwIfAborted();
    const connection = await this.connect();
    let failure: Error | undefined;
    let cancelled: Promise<void> | undefined;
    const cancel = (): void => {
      cancelled = this.canceller.cancel(connection);
    };
    try {
      signal.throwIfAborted();
      signal.addEventListener('abort', cancel);
      return await (connection.query as (...args: unknown[]) => Promise<unknown>).apply(connection, args);
    } catch (error) {
      if (!signal.aborted) {
        failure = error instanceof Error ? error : new Error(String(error));
      }
      throw error;
    } finally {
      signal.removeEventListener('abort', cancel);
      await cancelled;
      connection.release(failure);
    }
  }
}
