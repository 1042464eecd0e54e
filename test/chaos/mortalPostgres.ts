import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeTemporaryDataDir } from '../../scripts/temporaryPostgres.js';
import type { Log } from '../../src/log.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/store/embeddedPostgres.js';
import { startFaultProxy, type FaultProxy } from '../support/faultProxy.js';

/** A PostgreSQL that can be killed, and comes back with all that was committed. */
export interface MortalPostgres {
  /** Leads through the proxy, so it is the same after a death. */
  readonly url: string;
  readonly proxy: FaultProxy;
  /** `kill -9` of its first process, which ends all others; starts it again after so long, on the same data. */
  kill(downMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one with an empty data directory, which goes with `stop`. Commits reach the disk, as in earnest. */
export async function startMortalPostgres(log: Log): Promise<MortalPostgres> {
  const { dataDir, remove } = await makeTemporaryDataDir(log);
  const start = (): Promise<EmbeddedPostgres> => startEmbeddedPostgres({ dataDir, log });
  let server = await start();
  const proxy = await startFaultProxy(addressOf(server));
  return {
    url: proxy.through(server.url),
    proxy,
    async kill(downMs) {
      const lines = await readFile(join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8');
      process.kill(Number(lines.split('\n')[0]), 'SIGKILL');
      await sleep(downMs);
      server = await start();
      proxy.retarget(addressOf(server));
    },
    async stop() {
      await proxy.stop();
      await server.stop();
      await remove();
    },
  };
}

function addressOf({ url }: EmbeddedPostgres): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}
