import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../log.js';
import { CLUSTER_USER, openCluster } from './cluster.js';
import { preparePostgresHome } from './home.js';
import { endOrphan } from './orphan.js';
import { type PostgresServer, type ServerOptions, startServer } from './server.js';

/** How to run the embedded database. */
export interface EmbeddedPostgresOptions {
  /** Kept between starts. The caller holds its lock (`lockDataDir`) until after `stop`. */
  dataDir: string;
  log: Log;
  /** False only for tests: nothing is written through to the disk, and a power cut may lose everything. Default true. */
  durable?: boolean;
  /** Called once if the server ends without `stop`. The gateway cannot go on without it. */
  onUnexpectedEnd?: (reason: string) => void;
}

/** The running embedded database. */
export interface EmbeddedPostgres {
  /** Connection string of the database `postgres`, with the password. Good until `stop`; the port is new each time. */
  url: string;
  /** Ends every session and the server. Safe to call again. Later calls wait for the first. */
  stop(): Promise<void>;
}

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  max_wal_size: '512MB',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  // Errors of a statement reach whoever sent it. In the log they would carry values, e-mail addresses among them.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_line_prefix: '',
  logging_collector: 'off',
};

const NOT_DURABLE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** A port found free may be taken before the server has it. */
const PORT_ATTEMPTS = 5;

/** How long what is left of a killed server may stand in the way: sessions that hold its shared memory, or one still starting. */
const REMAINS_LIMIT_MS = 15_000;

const REMAINS = /shared memory block|lock file "postmaster\.pid" already exists/;

/**
 * Runs a PostgreSQL of the gateway's own on a free port of 127.0.0.1, with its data under `dataDir`. Waits for a
 * server that an earlier gateway left behind to stop, and takes up whatever a crash left. When this process exits in
 * any way that lets it act, the server is told to stop.
 * Throws `UNAVAILABLE` or `BAD_CONFIGURATION` with PostgreSQL's own words.
 */
export async function startEmbeddedPostgres({
  dataDir,
  log,
  durable = true,
  onUnexpectedEnd,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const home = await preparePostgresHome(dataDir, log);
  const cluster = await openCluster(home, { durable, log });
  const settings = durable ? SETTINGS : { ...SETTINGS, ...NOT_DURABLE };
  const { server, port } = await startOnFreePort({ ...home, cluster: cluster.directory, settings, log });

  process.once('exit', server.hurry);
  let stopping: Promise<void> | undefined;
  void server.ended.then((reason) => {
    process.off('exit', server.hurry);
    if (stopping !== undefined) {
      return;
    }
    log.error({ reason }, 'PostgreSQL ended by itself');
    onUnexpectedEnd?.(reason);
  });

  return {
    url: `postgresql://${CLUSTER_USER}:${cluster.password}@127.0.0.1:${port}/postgres`,
    stop: () => (stopping ??= server.stop()),
  };
}

async function startOnFreePort(
  options: Omit<ServerOptions, 'port'>,
): Promise<{ server: PostgresServer; port: number }> {
  const until = Date.now() + REMAINS_LIMIT_MS;
  for (let portsTried = 1; ;) {
    await endOrphan(options.cluster, options.log);
    const port = await findFreePort();
    try {
      return { server: await startServer({ ...options, port }), port };
    } catch (error) {
      const words = String(error);
      if (REMAINS.test(words) && Date.now() < until) {
        await sleep(250);
      } else if (!words.includes('could not create any TCP/IP sockets') || portsTried++ >= PORT_ATTEMPTS) {
        throw error;
      }
    }
  }
}

async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
