import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../../src/log.js';
import { startEmbeddedPostgres } from '../../src/store/embeddedPostgres.js';

/** A PostgreSQL for one run of a program: empty at its start, gone with `stop`, and safe from nothing in between. */
export async function startTemporaryPostgres(log: Log): Promise<{ url: string; stop(): Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gateway-test-'));
  const remove = (): Promise<void> => rm(dataDir, { recursive: true, force: true });
  try {
    // When we are root, another user runs PostgreSQL and must be able to enter.
    await chmod(dataDir, 0o755);
    const postgres = await startEmbeddedPostgres({ dataDir, log, durable: false });
    return {
      url: postgres.url,
      async stop() {
        await postgres.stop();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
