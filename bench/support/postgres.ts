import { chmod, glob, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { Closers } from '../../src/closers.js';
import { createLog } from '../../src/log.js';
import { startEmbeddedPostgres } from '../../src/local/postgres/startPostgres.js';

/** A PostgreSQL of the bench's own. */
export interface BenchPostgres {
  /** The process whose children serve the connections. */
  readonly pid: number;
  /** Makes an empty database and returns its connection string. */
  createDatabase(name: string): Promise<string>;
  /** Writes all that is in memory to the disk, so that what is measured next does not pay for what came before. */
  checkpoint(): Promise<void>;
}

/** Starts a PostgreSQL that writes through to the disk, as in production; stopped and removed with the closers. */
export async function startPostgres(closers: Closers): Promise<BenchPostgres> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'gateway-bench-'));
  // When we are root, another user runs PostgreSQL and must be able to enter.
  await chmod(dataDir, 0o755);
  closers.add('data directory', () => rm(dataDir, { recursive: true, force: true }));
  const { url, stop } = await startEmbeddedPostgres({ dataDir, log: createLog('warn') });
  closers.add('PostgreSQL', stop);

  const run = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };

  return {
    pid: await postmasterPid(dataDir),
    async createDatabase(name) {
      await run(`CREATE DATABASE "${name}"`);
      const database = new URL(url);
      database.pathname = `/${name}`;
      return database.href;
    },
    checkpoint: () => run('CHECKPOINT'),
  };
}

async function postmasterPid(dataDir: string): Promise<number> {
  for await (const file of glob('**/postmaster.pid', { cwd: dataDir })) {
    return Number.parseInt(await readFile(path.join(dataDir, file), 'utf8'), 10);
  }
  throw new Error(`no PostgreSQL runs in ${dataDir}`);
}
