import pg from 'pg';
import type { DatabaseHost } from '../../ports/databaseAddress.js';

/** Longest wait for the answer of one host, in milliseconds: a host that has lost its power never answers. */
const HOST_LIMIT_MS = 4_000;

/** No host takes writes. The message names each host and its reason. */
export class NoWriterError extends Error {
  override readonly name = 'NoWriterError';
}

/** A failed search answers for the next ones so long, in milliseconds: waiting statements would else storm the servers. */
const FAILURE_HOLDS_MS = 250;

/** One search at a time for all connections of a pool. */
export function shareSearch(search: () => Promise<DatabaseHost>): () => Promise<DatabaseHost> {
  let current: Promise<DatabaseHost> | null = null;
  const clear = (): void => {
    current = null;
  };
  return () => {
    if (current === null) {
      current = search();
      current.then(clear, () => setTimeout(clear, FAILURE_HOLDS_MS).unref());
    }
    return current;
  };
}

/**
 * Asks all hosts at once, and returns the first that takes writes: the others may never answer.
 *
 * @throws NoWriterError when no host takes writes.
 */
export async function findWriter(
  config: pg.ClientConfig,
  hosts: readonly DatabaseHost[],
): Promise<DatabaseHost> {
  try {
    return await Promise.any(hosts.map((host) => requireWriter(config, host)));
  } catch (error) {
    const reasons = (error as AggregateError).errors.map((each) => (each as Error).message);
    throw new NoWriterError(`no host of the database takes writes: ${reasons.join('; ')}`, { cause: error });
  }
}

async function requireWriter(config: pg.ClientConfig, host: DatabaseHost): Promise<DatabaseHost> {
  const reason = await whyNoWriter(config, host);
  if (reason !== null) {
    throw new Error(`${host.host}:${host.port}: ${reason}`);
  }
  return host;
}

/** Null when the host takes writes. */
async function whyNoWriter(config: pg.ClientConfig, host: DatabaseHost): Promise<string | null> {
  const client = new pg.Client({
    ...config,
    // A pool hides it from a spread.
    password: config.password,
    connectionTimeoutMillis: HOST_LIMIT_MS,
    query_timeout: HOST_LIMIT_MS,
  });
  Object.assign(client, host);
  client.on('error', () => undefined);
  try {
    await client.connect();
    // True on a standby, too.
    const { rows } = await client.query<{ transaction_read_only: string }>('SHOW transaction_read_only');
    return rows[0]?.transaction_read_only === 'on' ? 'read-only' : null;
  } catch (error) {
    return describe(error);
  } finally {
    void client.end().catch(() => undefined);
  }
}

function describe(error: unknown): string {
  // The error of a refused connection has no message, and one error for each address of the host.
  if (error instanceof AggregateError) {
    return error.errors.map((each) => describe(each)).join(', ');
  }
  return error instanceof Error ? error.message : String(error);
}
