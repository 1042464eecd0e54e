import path from 'node:path';
import type { Closers } from '../closers.js';
import type { Config } from '../config/loadConfig.js';
import type { Log } from '../log.js';
import { lockDataDir } from './postgres/dataDirLock.js';
import { startEmbeddedPostgres } from './postgres/startPostgres.js';
import { startSandboxProcess } from './sandboxProcess.js';

/** Where the parts of the installation are, as absolute paths. */
export interface Installation {
  readonly migrationsDir: string;
  readonly explorerDir: string;
  /** The sandbox's entry file. */
  readonly sandboxProgram: string;
}

/** What runs beside the gateway on this machine, where nothing else was configured: PostgreSQL and the sandbox. */
export async function startOwnParts(
  config: Config,
  { sandboxProgram }: Installation,
  { log, closers, fatal }: { log: Log; closers: Closers; fatal: (reason: string) => void },
): Promise<{
  databaseUrl: string;
  sandboxUrl: string | null;
  announce: (url: string) => Promise<void>;
}> {
  let databaseUrl = config.databaseUrl;
  let announce = (_url: string): Promise<void> => Promise.resolve();
  if (databaseUrl === null) {
    const lock = await lockDataDir(config.dataDir);
    closers.add('data directory', () => lock.release());
    announce = (url) => lock.announce(`${url}/graphql`);
    const postgres = await startEmbeddedPostgres({
      dataDir: config.dataDir,
      log,
      onUnexpectedEnd: (reason) => {
        fatal(`PostgreSQL ended: ${reason}`);
      },
    });
    closers.add('PostgreSQL', () => postgres.stop());
    databaseUrl = postgres.url;
  }
  if (config.upstream === 'aws' || config.endpoint !== null) {
    return { databaseUrl, sandboxUrl: config.endpoint, announce };
  }
  const sandbox = await startSandboxProcess({
    program: sandboxProgram,
    stateFile: path.join(config.dataDir, 'sandbox.json'),
    onUnexpectedEnd: (reason) => {
      fatal(`the sandbox ended: ${reason}`);
    },
  });
  closers.add('sandbox', () => sandbox.stop());
  return { databaseUrl, sandboxUrl: sandbox.url, announce };
}
