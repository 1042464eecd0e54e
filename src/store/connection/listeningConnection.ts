import { setTimeout as sleep } from 'node:timers/promises';
import { createFailureLog, type Log } from '../../log.js';
import type { DatabaseAddress } from '../../ports/databaseAddress.js';
import { clientConfig, prepareSession } from './clientConfig.js';
import { DatabaseClient } from './databaseClient.js';

/** Pause before a lost connection is made again, in milliseconds: callers wait for notifications meanwhile. */
const RECONNECT_DELAY_MS = 500;

/** Longest time without an answer before a connection is replaced, in milliseconds. */
const ANSWER_LIMIT_MS = 5_000;

/** What a listening connection needs. */
export interface ListeningOptions {
  readonly address: DatabaseAddress;
  readonly applicationName: string;
  readonly channels: readonly string[];
  readonly onNotification: (channel: string, payload: string) => void;
  /** Listening has begun, or has begun again. Notifications of the gap before are lost. */
  readonly onListening: () => void;
  /** The server is another one than before. Connections that were made before `lostAt` (`performance.now`) are worth nothing. */
  readonly onServerReplaced: (lostAt: number) => void;
  /** Sends a statement. If it rejects, the connection is replaced. */
  readonly check: (client: DatabaseClient) => Promise<void>;
  readonly checkIntervalMs: number;
  readonly log: Log;
}

/** A connection that listens until it is closed. */
export interface ListeningConnection {
  /** When the last check that was answered was sent, by `performance.now`; -Infinity while there is no connection. */
  checkedAt(): number;
  close(): Promise<void>;
}

/**
 * Listens for NOTIFY. A connection that is lost, that does not answer, or whose server takes no writes any more is made
 * again until `close`, every half second.
 *
 * @throws the error of the first attempt to connect.
 */
export async function keepListening(given: ListeningOptions): Promise<ListeningConnection> {
  let checkedAt = -Infinity;
  const options: ListeningOptions = {
    ...given,
    async check(client) {
      const sentAt = performance.now();
      await given.check(client);
      checkedAt = sentAt;
    },
  };
  const closing = new AbortController();
  const { signal } = closing;
  const failures = createFailureLog(
    options.log,
    { failed: 'cannot listen to the database', worked: 'listening to the database again' },
    { connection: options.applicationName },
  );
  let server: string | null = null;
  let lostAt = 0;

  const connect = async (): Promise<Listener> => {
    const begunAt = performance.now();
    const listener = await openListener(options, signal);
    checkedAt = begunAt;
    failures.worked();
    if (server !== null && server !== listener.server) {
      options.onServerReplaced(lostAt);
    }
    ({ server } = listener);
    options.onListening();
    return listener;
  };

  const run = async (first: Listener): Promise<void> => {
    for (
      let listener: Listener | null = first;
      !signal.aborted;
      listener = await connect().catch(noListener)
    ) {
      await listener?.untilLost(signal).catch((error: unknown) => {
        failures.failed(error);
        lostAt = performance.now();
      });
      checkedAt = -Infinity;
      await sleep(RECONNECT_DELAY_MS, undefined, { signal }).catch(() => undefined);
    }
  };
  const noListener = (error: unknown): null => {
    if (!signal.aborted) {
      failures.failed(error);
    }
    return null;
  };

  const running = run(await connect());
  return {
    checkedAt: () => checkedAt,
    async close() {
      closing.abort();
      await running;
    },
  };
}

/** A connection that listens. */
interface Listener {
  /** Tells servers apart, and a server from itself before a restart. */
  readonly server: string;
  /** Ends the connection after it was lost, and rejects with the reason; resolves when the signal aborts. */
  untilLost(signal: AbortSignal): Promise<void>;
}

/** @throws the error of the attempt, after its connection has ended. */
async function openListener(options: ListeningOptions, closing: AbortSignal): Promise<Listener> {
  const client = createClient(options);
  const lost = new AbortController();
  client.once('end', () => {
    lost.abort(new Error('the connection was lost'));
  });
  client.on('error', (error) => {
    lost.abort(error);
  });
  // pg's `end` would leave an attempt to connect pending for ever.
  const giveUp = (): void => void client.connection.stream.destroy();
  closing.addEventListener('abort', giveUp, { once: true });
  try {
    await client.connect();
    await prepareSession(client, options.address);
    const listen = options.channels.map((channel) => `LISTEN ${client.escapeIdentifier(channel)}`);
    await client.query(listen.join('; '));
    const { rows } = await client.query<{ server: string }>(
      'SELECT pg_postmaster_start_time()::text AS server',
    );
    requireWriter(client);
    closing.throwIfAborted();
    return {
      server: rows[0]?.server ?? '',
      async untilLost(signal) {
        try {
          await keepChecking(client, options, AbortSignal.any([lost.signal, signal]));
        } catch (error) {
          if (!signal.aborted) {
            throw lost.signal.aborted ? lost.signal.reason : error;
          }
        } finally {
          closing.removeEventListener('abort', giveUp);
          await end(client);
        }
      },
    };
  } catch (error) {
    closing.removeEventListener('abort', giveUp);
    await end(client);
    throw error;
  }
}

function createClient({ address, applicationName, onNotification }: ListeningOptions): DatabaseClient {
  const client = new DatabaseClient({
    ...clientConfig(address, applicationName),
    connectionTimeoutMillis: ANSWER_LIMIT_MS,
    query_timeout: ANSWER_LIMIT_MS,
  });
  client.on('notification', ({ channel, payload = '' }) => {
    onNotification(channel, payload);
  });
  return client;
}

/** Checks until the signal aborts, then rejects. */
async function keepChecking(
  client: DatabaseClient,
  { check, checkIntervalMs }: ListeningOptions,
  signal: AbortSignal,
): Promise<never> {
  for (;;) {
    await sleep(checkIntervalMs, undefined, { signal });
    await check(client);
    requireWriter(client);
  }
}

function requireWriter(client: DatabaseClient): void {
  if (client.isReadOnly) {
    throw new Error('the database is read-only');
  }
}

/** Does not wait for the farewell of a server that may never read it. */
async function end(client: DatabaseClient): Promise<void> {
  const ended = client.end();
  client.connection.stream.destroy();
  await ended.catch(() => undefined);
}
