import pg from 'pg';
import { describeError } from '../../errors.js';
import type { DatabaseHost } from '../../ports/databaseAddress.js';
import { isReadOnly } from './readOnly.js';

/** Longest wait for the answer of one host, in milliseconds: a host that has lost its power never answers. */
const HOST_LIMIT_MS = 4_000;

/** No host takes writes. The message names each host and its reason. */
export class NoWriterError extends Error {
  override readonly name = 'NoWriterError';
}

/** How long the result of a failed search is reused, in milliseconds: otherwise waiting statements would flood the servers. */
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
    ...host,
    // A pool hides it from a spread.
    password: config.password,
    connectionTimeoutMillis: HOST_LIMIT_MS,
    query_timeout: HOST_LIMIT_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await isReadOnly(client)) ? 'read-only' : null;
  } catch (error) {
    return describeError(error);
  } finally {
    void client.end().catch(() => undefined);
  }
}
