import type { Closers } from '../closers.js';
import type { Log } from '../log.js';
import { lockDataDir } from './postgres/dataDirLock.js';
import { runningPostgresUrl } from './postgres/runningPostgres.js';
import { startEmbeddedPostgres } from './postgres/startPostgres.js';

/** The embedded database of a gateway. */
export interface EmbeddedDatabase {
  readonly databaseUrl: string;
  /** Writes the gateway's URL to the data directory, for the error message of a second gateway. */
  announce(url: string): Promise<void>;
}

/**
 * Starts PostgreSQL on the data directory. No other gateway can use that directory until the closers have run.
 *
 * @throws GatewayError `BAD_CONFIGURATION` when another gateway uses the directory, and the errors of `startEmbeddedPostgres`.
 */
export async function startEmbeddedDatabase(
  dataDir: string,
  { log, closers, fatal }: { log: Log; closers: Closers; fatal: (reason: string) => void },
): Promise<EmbeddedDatabase> {
  const lock = await lockDataDir(dataDir);
  closers.add('data directory', () => lock.release());
  const postgres = await startEmbeddedPostgres({
    dataDir,
    log,
    onUnexpectedEnd: (reason) => {
      fatal(`PostgreSQL ended: ${reason}`);
    },
  });
  closers.add('PostgreSQL', () => postgres.stop());
  return { databaseUrl: postgres.url, announce: (url) => lock.announce(url) };
}

/**
 * The connection string of the embedded database, for a command. If a gateway uses the data directory, its PostgreSQL
 * serves the command too. Otherwise this process starts PostgreSQL.
 */
export async function joinEmbeddedDatabase(
  dataDir: string,
  { log, closers }: { log: Log; closers: Closers },
): Promise<string> {
  const lock = await lockDataDir(dataDir).catch(() => null);
  if (lock === null) {
    return runningPostgresUrl(dataDir);
  }
  closers.add('data directory', () => lock.release());
  const postgres = await startEmbeddedPostgres({ dataDir, log });
  closers.add('PostgreSQL', () => postgres.stop());
  return postgres.url;
}
