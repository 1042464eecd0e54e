import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';
import type { Cancellable } from '../../ports/cancellable.js';
import { DatabasePool } from './databasePool.js';

/** Longest time for a cancellation, in milliseconds: the statement has a limit of its own besides. */
const CANCEL_TIMEOUT_MS = 5_000;

/** What PostgreSQL or a pooler has sent for cancellations, and where it was. @types/pg does not declare it. */
interface Cancelled extends pg.ClientBase {
  readonly host: string;
  readonly port: number;
  readonly processID: number;
  readonly secretKey: number;
  readonly connectionParameters: Pick<pg.ClientConfig, 'ssl' | 'sslnegotiation'>;
}

/** pg's connection below a client, with what @types/pg does not declare. */
interface CancelConnection extends pg.Connection {
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
}

/**
 * Cancels the statement that the connection runs. Resolves when PostgreSQL has signalled its process, or cannot be reached.
 *
 * It is a request of PostgreSQL's protocol, on a connection that needs no session: neither a full pool nor max_connections
 * delays it. A pooler forwards it to the right process; the process id that it gives its clients is not PostgreSQL's, so
 * pg_cancel_backend would miss.
 */
export function cancelStatement(client: pg.ClientBase): Promise<void> {
  const { host, port, processID, secretKey, connectionParameters } = client as Cancelled;
  const { ssl, sslnegotiation } = connectionParameters;
  // pg's connection reads the option under another name than its client.
  const options = { ssl, sslNegotiation: sslnegotiation };
  const connection = new pg.Connection(options) as CancelConnection;
  const request = (): void => {
    connection.cancel(processID, secretKey);
  };
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      connection.stream.destroy();
      resolve();
    };
    const timer = setTimeout(end, CANCEL_TIMEOUT_MS);
    connection.on('error', end);
    connection.on('end', end);
    connection.once('sslconnect', request);
    connection.once('connect', () => {
      if (!ssl) {
        request();
      } else if (sslnegotiation !== 'direct') {
        connection.requestSsl();
      }
    });
    if (host.startsWith('/')) {
      connection.connect(`${host}/.s.PGSQL.${port}`);
    } else {
      connection.connect(port, host);
    }
  });
}

/** A pool whose statements, except those in transactions, can be cancelled. */
export class CancellablePool extends DatabasePool {
  /** The signal of the read that sends a statement: Prisma has no parameter that would carry it. */
  private readonly signals = new AsyncLocalStorage<AbortSignal>();

  /** @param keepsPrepared false behind a pooler that forgets prepared statements: then none is prepared. */
  constructor(
    config: pg.PoolConfig,
    private readonly keepsPrepared: boolean,
  ) {
    super(config);
  }

  // `await` inside: Prisma sends a statement when its promise is awaited, not before.
  readonly cancellable: Cancellable = (signal, read) => this.signals.run(signal, async () => await read());

  /** Typed to fit each overload of pg's `query`. */
  override query(...given: unknown[]): never {
    const signal = this.signals.getStore();
    const query = super.query as (...args: unknown[]) => unknown;
    const args = this.keepsPrepared ? given : given.map(withoutName);
    return (signal === undefined ? query.apply(this, args) : this.queryUntil(signal, args)) as never;
  }

  /** Keeps the connection until the cancellation is over, so that it cannot hit a later statement. */
  private async queryUntil(signal: AbortSignal, args: unknown[]): Promise<unknown> {
    signal.throwIfAborted();
    const connection = await this.connect();
    let failure: Error | undefined;
    let cancelled: Promise<void> | undefined;
    const cancel = (): void => {
      cancelled = cancelStatement(connection);
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

/** The statement without the name under which it would be prepared. */
function withoutName(argument: unknown): unknown {
  return typeof argument === 'object' && argument !== null && 'name' in argument
    ? { ...argument, name: undefined }
    : argument;
}
