import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeTemporaryDataDir } from '../../scripts/temporaryPostgres.js';
import type { Log } from '../../src/log.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/local/postgres/startPostgres.js';
import { startFaultProxy, type FaultProxy } from '../support/faultProxy.js';

/** A way to it, through a proxy of its own. */
export interface PostgresDoor {
  /** Stays the same when the server dies and comes back elsewhere. */
  readonly url: string;
  readonly proxy: FaultProxy;
}

/** A PostgreSQL that can be killed, and comes back with all that was committed. */
export interface MortalPostgres {
  openDoor(): Promise<PostgresDoor>;
  /** `kill -9` of its first process, which ends all others; starts it again after so long, on the same data. */
  kill(downMs: number): Promise<void>;
  /** Closes the doors, stops it and removes its data. */
  stop(): Promise<void>;
}

/** Starts one with an empty data directory. Commits reach the disk, as in earnest. */
export async function startMortalPostgres(log: Log): Promise<MortalPostgres> {
  const { dataDir, remove } = await makeTemporaryDataDir(log);
  const start = (): Promise<EmbeddedPostgres> => startEmbeddedPostgres({ dataDir, log });
  let server = await start();
  const doors: FaultProxy[] = [];
  return {
    async openDoor() {
      const proxy = await startFaultProxy(addressOf(server));
      doors.push(proxy);
      return { url: proxy.through(server.url), proxy };
    },
    async kill(downMs) {
      const lines = await readFile(join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8');
      process.kill(Number(lines.split('\n')[0]), 'SIGKILL');
      await sleep(downMs);
      server = await start();
      for (const door of doors) {
        door.retarget(addressOf(server));
      }
    },
    async stop() {
      await Promise.all(doors.map((door) => door.stop()));
      await server.stop();
      await remove();
    },
  };
}

function addressOf({ url }: EmbeddedPostgres): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}
