import { chmod, lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../src/log.js';
import { lockDataDir } from '../src/local/postgres/dataDirLock.js';
import { startEmbeddedPostgres } from '../src/local/postgres/startPostgres.js';
import { endOrphan } from '../src/local/postgres/orphan.js';

const PREFIX = 'gateway-temporary-';

/**
 * A PostgreSQL for one run of a program: empty at its start, gone with `stop`, and safe from nothing in between.
 * Also removes what earlier runs left that were killed.
 */
export async function startTemporaryPostgres(log: Log): Promise<{ url: string; stop(): Promise<void> }> {
  const { dataDir, remove } = await makeTemporaryDataDir(log);
  try {
    const postgres = await startEmbeddedPostgres({ dataDir, log, durable: false });
    return { url: postgres.url, stop: () => postgres.stop().then(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A data directory, locked, for a PostgreSQL that goes with the program; removes what killed programs left. */
export async function makeTemporaryDataDir(log: Log): Promise<{ dataDir: string; remove(): Promise<void> }> {
  await removeAbandoned(log);
  const dataDir = await mkdtemp(join(tmpdir(), PREFIX));
  // When we are root, another user runs PostgreSQL and must be able to enter.
  await chmod(dataDir, 0o755);
  const lock = await lockDataDir(dataDir);
  return {
    dataDir,
    async remove() {
      await rm(dataDir, { recursive: true, force: true });
      await lock.release();
    },
  };
}

async function removeAbandoned(log: Log): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const postgres = join(tmpdir(), name, 'postgres');
    // Before it has this, its maker may not have its lock yet.
    if (!name.startsWith(PREFIX) || !(await lstat(postgres).catch(() => undefined))) {
      continue;
    }
    const lock = await lockDataDir(join(tmpdir(), name)).catch(() => undefined);
    if (lock === undefined) {
      continue;
    }
    await endOrphan(join(postgres, 'cluster'), log);
    await rm(join(tmpdir(), name), { recursive: true, force: true });
    await lock.release();
  }
}
