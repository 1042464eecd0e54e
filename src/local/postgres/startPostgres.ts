import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../log.js';
import { CLUSTER_USER, openCluster } from './cluster.js';
import { preparePostgresHome } from './home.js';
import { endOrphan } from './orphan.js';
import { type PostgresServer, type ServerOptions, startServer } from './server.js';

/** The options of the embedded database. */
export interface EmbeddedPostgresOptions {
  /** The directory of the data. The caller holds its lock (`lockDataDir`) until after `stop`. */
  dataDir: string;
  log: Log;
  /** Default true. False, only for tests: a commit does not wait for the disk, and a power cut may lose all data. */
  durable?: boolean;
  /** Called once if the server ends before `stop`. */
  onUnexpectedEnd?: (reason: string) => void;
}

/** The running embedded database. */
export interface EmbeddedPostgres {
  /** Connection string of the database `postgres`, with the password. Valid until `stop`: each start uses another port. */
  url: string;
  /** Ends every session and the server. Safe to call again: later calls wait for the first. */
  stop(): Promise<void>;
}

/** The settings of the embedded server. */
export const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  max_wal_size: '512MB',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  // The client gets the errors of its statements. In the log they would contain values, such as e-mail addresses.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_line_prefix: '',
  logging_collector: 'off',
};

/** The settings of a server whose data may be lost. */
export const NOT_DURABLE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** Another process may use a free port before the server does. */
const PORT_ATTEMPTS = 5;

/** Time limit for the remaining processes of a killed server, which hold its shared memory or its pid file. */
export const REMAINS_LIMIT_MS = 15_000;

/** The errors of a server that finds such processes. */
export const REMAINS = /shared memory block|lock file "postmaster\.pid" already exists/;

/**
 * Starts the embedded PostgreSQL on a free port of 127.0.0.1, with its data under `dataDir`. First stops a server that a
 * killed gateway left running; PostgreSQL then recovers from the crash. When this process emits `exit`, the server is
 * told to stop.
 *
 * @throws GatewayError `UNAVAILABLE` or `BAD_CONFIGURATION` with the text of PostgreSQL.
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

  process.once('exit', server.requestStop);
  let stopping: Promise<void> | undefined;
  void server.ended.then((reason) => {
    process.off('exit', server.requestStop);
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
      const message = String(error);
      if (REMAINS.test(message) && Date.now() < until) {
        await sleep(250);
      } else if (!message.includes('could not create any TCP/IP sockets') || portsTried++ >= PORT_ATTEMPTS) {
        throw error;
      }
    }
  }
}

/** A port of 127.0.0.1 that is free now. */
export async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
