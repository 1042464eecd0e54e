import pg from 'pg';
import { DatabaseClient, type DatabaseClientConfig } from './databaseClient.js';
import { findWriter, shareSearch } from './writerSearch.js';

/**
 * A pool that keeps no connection to a server that takes no writes: after a failover, that is the former primary. The
 * next statement then connects to the server that takes them.
 */
export class DatabasePool extends pg.Pool {
  private readonly inUse = new Set<pg.PoolClient>();
  private readonly idle = new Set<pg.PoolClient>();

  constructor(config: pg.PoolConfig & DatabaseClientConfig) {
    const { writerAmong } = config;
    super({
      ...config,
      ...(writerAmong === undefined
        ? {}
        : { searchWriter: shareSearch(() => findWriter(config, writerAmong)) }),
      Client: DatabaseClient as unknown as new () => pg.ClientBase,
    });
    // A connection that breaks while it is idle leaves the pool by itself.
    this.on('error', () => undefined);
    this.on('acquire', (client) => {
      this.idle.delete(client);
      this.inUse.add(client);
    });
    this.on('release', (_error, client) => {
      this.inUse.delete(client);
      if (toDatabaseClient(client).isReadOnly) {
        // An ended connection does not return to the pool.
        void client.end();
        this.removeIdle('the server takes no writes');
      } else {
        this.idle.add(client);
      }
    });
    this.on('remove', (client) => this.idle.delete(client));
  }

  /**
   * Replaces the connections that were made before this time, as `performance.now` gives it: their server is gone. Their
   * statements fail.
   */
  dropConnections(madeBefore: number): void {
    this.removeIdle('the server is gone', madeBefore);
    for (const client of this.inUse) {
      if (madeAt(client) < madeBefore) {
        client.connection.stream.destroy();
      }
    }
  }

  private removeIdle(reason: string, madeBefore = Infinity): void {
    for (const client of [...this.idle].filter((each) => madeAt(each) < madeBefore)) {
      this.idle.delete(client);
      // The pool removes an idle connection that has an error.
      client.emit('error', new Error(reason));
      client.connection.stream.destroy();
    }
  }
}

function madeAt(client: pg.PoolClient): number {
  return toDatabaseClient(client).connectedAt;
}

/** What the pool makes. */
function toDatabaseClient(client: pg.PoolClient): DatabaseClient {
  return client as unknown as DatabaseClient;
}
