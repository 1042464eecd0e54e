import { execFile } from 'node:child_process';
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { makeTemporaryDataDir } from '../../scripts/temporaryPostgres.js';
import { createLog } from '../../src/log.js';
import { CLUSTER_USER, openCluster } from '../../src/local/postgres/cluster.js';
import { preparePostgresHome, type PostgresHome } from '../../src/local/postgres/home.js';
import { startServer, type PostgresServer, type ServerOptions } from '../../src/local/postgres/server.js';
import {
  findFreePort,
  NOT_DURABLE,
  REMAINS,
  REMAINS_LIMIT_MS,
  SETTINGS,
} from '../../src/local/postgres/startPostgres.js';
import { onServer } from './database.js';

/** A primary, and a standby that has every commit before the primary confirms it. */
export interface PostgresPair {
  /** Of both servers, as DATABASE_URL names them. */
  readonly url: string;
  /** Ports of 127.0.0.1; they stay the same. */
  readonly ports: readonly [number, number];
  /** The server that takes writes, or that took them last. */
  primaryUrl(): string;
  /** `kill -9` of the primary's first process, which ends all others. */
  killPrimary(): Promise<void>;
  /** Starts a killed primary again, on its data. */
  startPrimary(): Promise<void>;
  /** Makes the primary read-only, with its connections; resolves when the standby has all that it has committed. */
  makePrimaryReadOnly(): Promise<void>;
  /** Takes `makePrimaryReadOnly` back. */
  makePrimaryWritable(): Promise<void>;
  /** The standby takes writes when this resolves. The former primary stays as it is. */
  promoteStandby(): Promise<void>;
  /** Ends the former primary if it runs, and makes it the standby of the primary. */
  rebuildStandby(): Promise<void>;
  stop(): Promise<void>;
}

/** One of the two. */
interface PairServer {
  readonly directory: string;
  readonly port: number;
  readonly url: string;
  readonly durable: boolean;
  process: PostgresServer | null;
}

const log = createLog('fatal');
const run = promisify(execFile);

/** Parts of a data directory that belong to the running server, or that the standby gets from its primary. */
const NOT_COPIED = ['postmaster.pid', 'postmaster.opts', 'pg_wal', 'pg_replslot', 'pg_stat_tmp'];

/**
 * Starts both; the standby follows.
 *
 * @param durable whether commits reach the disk. What a killed process has written stays in any case.
 */
export async function startPostgresPair({ durable = false } = {}): Promise<PostgresPair> {
  const { dataDir, remove } = await makeTemporaryDataDir(log);
  const home = await preparePostgresHome(dataDir, log);
  const cluster = await openCluster(home, { durable, log });
  const describe = async (directory: string): Promise<PairServer> => {
    const port = await findFreePort();
    const url = `postgresql://${CLUSTER_USER}:${cluster.password}@127.0.0.1:${port}/postgres`;
    return { directory, port, url, durable, process: null };
  };
  let primary = await describe(cluster.directory);
  let standby = await describe(join(home.path, 'other'));
  const ports = [primary.port, standby.port] as const;
  const servers = [primary, standby];
  const stopBoth = (): void => {
    servers.forEach(({ process }) => process?.requestStop());
  };
  process.once('exit', stopBoth);
  await start(home, primary, standby);
  await follow(home, standby, primary);
  return {
    ports,
    url: `postgresql://${CLUSTER_USER}:${cluster.password}@127.0.0.1:${ports[0]},127.0.0.1:${ports[1]}/postgres`,
    primaryUrl: () => primary.url,
    killPrimary: () => kill(primary),
    startPrimary: () => start(home, primary, standby),
    makePrimaryReadOnly: () => makeReadOnly(primary),
    makePrimaryWritable: () => set(primary, 'default_transaction_read_only', 'off'),
    async promoteStandby() {
      await onServer(standby.url, (client) => client.query('SELECT pg_promote()'));
      [primary, standby] = [standby, primary];
    },
    async rebuildStandby() {
      await kill(standby);
      await follow(home, standby, primary);
    },
    async stop() {
      process.off('exit', stopBoth);
      await Promise.all(servers.map(async (server) => server.process?.stop()));
      await remove();
    },
  };
}

async function start(home: PostgresHome, server: PairServer, primary: PairServer): Promise<void> {
  const { username, password } = new URL(primary.url);
  server.process = await startAfterRemains({
    ...home,
    cluster: server.directory,
    port: server.port,
    settings: {
      ...SETTINGS,
      ...(server.durable ? {} : NOT_DURABLE),
      // Off, the primary would confirm commits that the standby does not have.
      synchronous_commit: 'on',
      wal_keep_size: '256MB',
      // A standby looks for its primary so often.
      wal_retrieve_retry_interval: '200ms',
      // Only a standby reads it.
      primary_conninfo: `host=127.0.0.1 port=${primary.port} user=${username} password=${password}`,
    },
    log,
  });
}

/** Starts a server that was killed: its last processes end a moment later. */
async function startAfterRemains(options: ServerOptions): Promise<PostgresServer> {
  for (const until = Date.now() + REMAINS_LIMIT_MS; ; await sleep(100)) {
    try {
      return await startServer(options);
    } catch (error) {
      if (!REMAINS.test(String(error)) || Date.now() > until) {
        throw error;
      }
    }
  }
}

/** Copies the running primary, and starts the copy as its standby. */
async function follow(home: PostgresHome, standby: PairServer, primary: PairServer): Promise<void> {
  const { directory } = standby;
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { mode: 0o700 });
  await onServer(primary.url, async (client) => {
    await client.query(`SELECT pg_backup_start('standby', true)`);
    const excluded = NOT_COPIED.map((name) => `--exclude=./${name}`);
    const archive = join(home.path, 'copy.tar');
    // Files of the running server change or vanish meanwhile, which tar reports with exit code 1.
    await run('tar', ['-C', primary.directory, ...excluded, '-cf', archive, '.']).catch(refuseAllBut(1));
    await run('tar', ['-C', directory, '-xpf', archive]);
    await rm(archive);
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    await writeFile(join(directory, 'backup_label'), rows[0]?.labelfile ?? '');
  });
  await writeFile(join(directory, 'standby.signal'), '');
  for (const name of ['pg_wal', 'pg_replslot', 'pg_stat_tmp']) {
    await mkdir(join(directory, name), { mode: 0o700 });
  }
  const added = ['.', 'backup_label', 'standby.signal', 'pg_wal', 'pg_replslot', 'pg_stat_tmp'];
  for (const name of home.user === undefined ? [] : added) {
    await chown(join(directory, name), home.user?.uid ?? 0, home.user?.gid ?? 0);
  }
  await start(home, standby, primary);
  // Not in the copy: promoted, it would wait for a standby that it does not have.
  await set(primary, 'synchronous_standby_names', '*');
  await until(primary, `SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'`);
}

function refuseAllBut(expected: number): (error: unknown) => void {
  return (error) => {
    if ((error as { code?: unknown }).code !== expected) {
      throw error;
    }
  };
}

async function kill(server: PairServer): Promise<void> {
  const lines = await readFile(join(server.directory, 'postmaster.pid'), 'utf8').catch(() => '');
  if (server.process !== null && lines !== '') {
    process.kill(Number(lines.split('\n')[0]), 'SIGKILL');
    await server.process.ended;
  }
  server.process = null;
}

async function makeReadOnly(primary: PairServer): Promise<void> {
  await set(primary, 'default_transaction_read_only', 'on');
  // Sessions take the setting up with their next transaction. One that has begun to write is ended after a second.
  await sleep(1_000);
  await onServer(primary.url, (client) =>
    client.query(
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE xact_start < now() - interval '900 ms' AND backend_xid IS NOT NULL`,
    ),
  );
  await until(
    primary,
    `SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_stat_replication WHERE replay_lsn IS DISTINCT FROM pg_current_wal_lsn())`,
  );
}

async function set(server: PairServer, name: string, value: string): Promise<void> {
  await onServer(server.url, async (client) => {
    await client.query(`ALTER SYSTEM SET ${name} = '${value}'`);
    await client.query('SELECT pg_reload_conf()');
  });
}

async function until(server: PairServer, query: string): Promise<void> {
  await onServer(server.url, async (client) => {
    while ((await client.query(query)).rowCount === 0) {
      await sleep(20);
    }
  });
}
