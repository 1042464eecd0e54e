import path from 'node:path';
import type { Closers } from '../closers.js';
import { addressesOf } from '../config/databaseAddress.js';
import type { Config } from '../config/loadConfig.js';
import type { Log } from '../log.js';
import { startEmbeddedDatabase, type EmbeddedDatabase } from './embeddedDatabase.js';
import { startSandboxProcess } from './sandboxProcess.js';

/** The database and the sandbox that a gateway uses. */
export interface LocalServices extends Pick<EmbeddedDatabase, 'announce'> {
  readonly addresses: NonNullable<Config['database']>;
  /** Base URL of the sandbox; null when calls go to AWS. */
  readonly sandboxUrl: string | null;
}

/**
 * Starts the services that the configuration does not name: PostgreSQL when DATABASE_URL is not set, and the sandbox
 * when calls go neither to AWS nor to AWS_ENDPOINT_URL.
 *
 * @param fatal called when one of them ends by itself.
 */
export async function startLocalServices(
  config: Config,
  sandboxProgram: string,
  process: { log: Log; closers: Closers; fatal: (reason: string) => void },
): Promise<LocalServices> {
  const database = await findDatabase(config, process);
  if (config.upstream === 'aws' || config.endpoint !== null) {
    return { ...database, sandboxUrl: config.endpoint };
  }
  const sandbox = await startSandboxProcess({
    program: sandboxProgram,
    stateFile: path.join(config.dataDir, 'sandbox.json'),
    onUnexpectedEnd: (reason) => {
      process.fatal(`the sandbox ended: ${reason}`);
    },
  });
  process.closers.add('sandbox', () => sandbox.stop());
  return { ...database, sandboxUrl: sandbox.url };
}

async function findDatabase(
  config: Config,
  process: { log: Log; closers: Closers; fatal: (reason: string) => void },
): Promise<Pick<LocalServices, 'addresses' | 'announce'>> {
  if (config.database !== null) {
    return { addresses: config.database, announce: () => Promise.resolve() };
  }
  const { databaseUrl, announce } = await startEmbeddedDatabase(config.dataDir, process);
  return { addresses: addressesOf(databaseUrl), announce };
}
