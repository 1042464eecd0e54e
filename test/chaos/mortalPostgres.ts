import { setTimeout as sleep } from 'node:timers/promises';
import { startFaultProxy, type FaultProxy } from '../support/faultProxy.js';
import { startPostgresPair } from '../support/postgresPair.js';
import type { ConnectionFault } from '../support/proxiedConnection.js';

/** A way to both servers, through proxies of its own. */
export interface PostgresDoor {
  /** Names both servers, and stays the same. */
  readonly url: string;
  /** What happens from now on to connections, those that come included. */
  all(fault: ConnectionFault): Promise<void>;
  /** What happens to the connections there are. */
  existing(fault: ConnectionFault): void;
}

/** A primary and its standby. What was committed stays, also when one of them is killed. */
export interface MortalPostgres {
  openDoor(): Promise<PostgresDoor>;
  /** The server that takes writes. */
  primaryUrl(): string;
  /** `kill -9` of the primary's first process, which ends all others; starts it again after so long, on the same data. */
  kill(downMs: number): Promise<void>;
  /** `kill -9` of the primary; promotes the standby after so long, and makes a new standby of the former primary. */
  failOver(downMs: number): Promise<void>;
  /**
   * Makes the primary read-only; promotes the standby after so long. The former primary keeps its connections for as long
   * again, then becomes the standby.
   */
  switchOver(downMs: number): Promise<void>;
  /** Closes the doors, stops both and removes their data. */
  stop(): Promise<void>;
}

/** Starts them with empty data directories. Commits reach the disk, as in earnest. */
export async function startMortalPostgres(): Promise<MortalPostgres> {
  const pair = await startPostgresPair({ durable: true });
  const proxies: FaultProxy[] = [];
  return {
    primaryUrl: pair.primaryUrl,
    async openDoor() {
      const both = await Promise.all(pair.ports.map((port) => startFaultProxy({ host: '127.0.0.1', port })));
      proxies.push(...both);
      const hosts = both.map(({ port }) => `127.0.0.1:${port}`).join(',');
      return {
        url: pair.url.replace(/@[^/]+/, `@${hosts}`),
        async all(fault) {
          await Promise.all(both.map((proxy) => proxy.all(fault)));
        },
        existing(fault) {
          both.forEach((proxy) => {
            proxy.existing(fault);
          });
        },
      };
    },
    async kill(downMs) {
      await pair.killPrimary();
      await sleep(downMs);
      await pair.startPrimary();
    },
    async failOver(downMs) {
      await pair.killPrimary();
      await sleep(downMs);
      await pair.promoteStandby();
      await pair.rebuildStandby();
    },
    async switchOver(downMs) {
      await pair.makePrimaryReadOnly();
      await sleep(downMs);
      await pair.promoteStandby();
      await sleep(downMs);
      await pair.rebuildStandby();
    },
    async stop() {
      await Promise.all(proxies.map((proxy) => proxy.stop()));
      await pair.stop();
    },
  };
}
