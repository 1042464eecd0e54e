import { once } from 'node:events';
import { execFileSync, spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/local/postgres/startPostgres.js';
import { type ChildProgram, isRunning, startProgram } from '../../support/childProgram.js';

const log = pino({ level: 'silent' });

let template: string;
let parent: string;
let dataDir: string;
let cluster: string;
let running: EmbeddedPostgres[];
let programs: ChildProgram[];

beforeAll(async () => {
  template = await makeEnterableDirectory();
  const postgres = await startEmbeddedPostgres({ dataDir: join(template, '.data'), log });
  await postgres.stop();
});
afterAll(() => rm(template, { recursive: true }));

beforeEach(async () => {
  parent = await makeEnterableDirectory();
  // initdb waits for the disk; a copy does not. The data directory keeps its owner.
  execFileSync('cp', ['-Rp', join(template, '.data'), parent]);
  dataDir = join(parent, '.data');
  cluster = join(dataDir, 'postgres', 'cluster');
  running = [];
  programs = [];
});
afterEach(async () => {
  for (const program of programs) {
    program.kill('SIGKILL');
  }
  await Promise.all(programs.map(({ ended }) => ended));
  for (const postgres of running) {
    await postgres.stop();
  }
  const left = await serverPid().catch(() => undefined);
  if (left !== undefined && isRunning(left)) {
    process.kill(left, 'SIGKILL');
  }
  await rm(parent, { recursive: true, maxRetries: 5 });
});

// As root, PostgreSQL's own user must be able to enter; test/local/postgres/home.test.ts is about when it is not.
async function makeEnterableDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'gateway data-'));
  await chmod(directory, 0o755);
  return directory;
}

async function start(onUnexpectedEnd?: (reason: string) => void): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({
    dataDir,
    log,
    ...(onUnexpectedEnd === undefined ? {} : { onUnexpectedEnd }),
  });
  running.push(postgres);
  return postgres;
}

function startGateway(...args: string[]): ChildProgram {
  const program = startProgram('local/postgres/programs/runPostgres.ts', [dataDir, ...args], {
    detached: true,
  });
  programs.push(program);
  return program;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows;
  } finally {
    await client.end();
  }
}

async function serverPid(): Promise<number> {
  return Number((await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

async function waitForEnd(pid: number): Promise<void> {
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 15_000, interval: 10 });
}

it('keeps its data between starts, in a path with a space', async () => {
  const first = await start();
  await query(first.url, `CREATE TABLE kept AS SELECT 'ünï' AS word`);
  await first.stop();
  const second = await start();
  expect(second.url).not.toBe(first.url);
  expect(await query(second.url, 'SELECT word FROM kept')).toEqual([{ word: 'ünï' }]);
});

it('writes to disk before it confirms, in UTF-8, with the same sort order on every machine', async () => {
  const { url } = await start();
  expect(
    await query(
      url,
      `SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS pages, current_setting('data_checksums') AS checksums,
         pg_encoding_to_char(encoding) AS encoding, datlocprovider AS provider, datlocale AS locale
       FROM pg_database WHERE datname = current_database()`,
    ),
  ).toEqual([
    { fsync: 'on', pages: 'on', checksums: 'on', encoding: 'UTF8', provider: 'b', locale: 'C.UTF-8' },
  ]);
});

it('listens on the loopback address only, and requires a password that only its owner can read', async () => {
  const { url } = await start();
  const wrong = url.replace(/:[0-9a-f]+@/, ':wrong@');
  await expect(query(wrong, 'SELECT 1')).rejects.toThrow('password authentication failed');
  const file = await stat(join(dataDir, 'postgres', 'password'));
  expect((file.mode & 0o777).toString(8)).toBe('600');

  expect(await query(url, `SHOW unix_socket_directories`)).toEqual([{ unix_socket_directories: '' }]);
  const others = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  for (const { address, internal } of others) {
    if (internal) {
      continue;
    }
    const socket = connect({ host: address, port: Number(new URL(url).port) });
    await expect(once(socket, 'connect')).rejects.toThrow();
  }
});

it('stops while a session is in a transaction, and only once', async () => {
  const { url, stop } = await start();
  const client = new pg.Client({ connectionString: url });
  const told = new Promise<Error>((resolve) => client.on('error', resolve));
  await client.connect();
  await client.query('BEGIN; CREATE TABLE undone (id int)');
  const pid = await serverPid();
  await Promise.all([stop(), stop()]);
  expect(isRunning(pid)).toBe(false);
  expect((await told).message).toContain('terminating connection');
  await stop();
});

it('reports that the server ended by itself, and can start again', async () => {
  const onUnexpectedEnd = vi.fn();
  const { stop } = await start(onUnexpectedEnd);
  process.kill(await serverPid(), 'SIGKILL');
  await vi.waitFor(() => expect(onUnexpectedEnd).toHaveBeenCalledExactlyOnceWith('SIGKILL'));
  await stop();
  const again = await start();
  expect(await query(again.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it('ends the server that a killed gateway left running, and loses no committed row', async () => {
  const gateway = startGateway();
  const { url } = await gateway.nextLine<{ url: string }>();
  await query(url, 'CREATE TABLE committed (id int)');
  const orphan = await serverPid();
  gateway.kill('SIGKILL');
  await gateway.ended;
  expect(isRunning(orphan)).toBe(true);
  const postgres = await start();
  expect(isRunning(orphan)).toBe(false);
  expect(await query(postgres.url, 'SELECT * FROM committed')).toEqual([]);
});

it('starts after all processes were killed at once, and loses no committed row', async () => {
  const gateway = startGateway();
  const { url } = await gateway.nextLine<{ url: string }>();
  await query(url, 'CREATE TABLE committed AS SELECT generate_series(1, 1000) AS id');
  const server = await serverPid();
  gateway.kill('SIGKILL');
  // The server leads a process group of its own, and its children are in it.
  process.kill(-server, 'SIGKILL');
  await gateway.ended;
  const postgres = await start();
  expect(await query(postgres.url, 'SELECT count(*)::int AS count FROM committed')).toEqual([
    { count: 1000 },
  ]);
});

it('starts even if another process now has the process id of a killed server', async () => {
  const { uid, gid } = await stat(cluster);
  // Run by PostgreSQL's own user: the one case that PostgreSQL itself cannot tell from a running server.
  const other = spawn('sleep', ['60'], { uid, gid });
  try {
    const lines = [
      other.pid,
      cluster,
      1_700_000_000,
      5432,
      '',
      '127.0.0.1',
      '  1234567     98765',
      'ready   ',
      '',
    ];
    await writeFile(join(cluster, 'postmaster.pid'), lines.join('\n'));
    const { url } = await start();
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(other.exitCode).toBeNull();
  } finally {
    other.kill('SIGKILL');
  }
});

it('starts after a gateway was killed while it created the cluster', async () => {
  await rm(join(dataDir, 'postgres'), { recursive: true });
  const gateway = startGateway();
  const unfinished = await vi.waitFor(
    async () => {
      const found = (await readdir(dataDir)).find((name) => name.startsWith('postgres.new-'));
      await stat(join(dataDir, found ?? 'nothing yet', 'cluster', 'base'));
      return found!;
    },
    { timeout: 10_000, interval: 2 },
  );
  // initdb lives on for a moment and goes on writing.
  gateway.kill('SIGKILL');
  await gateway.ended;
  const { url } = await start();
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(await readdir(dataDir)).not.toContain(unfinished);
});

it('stops when its process exits without stopping it', async () => {
  const gateway = startGateway('exit');
  await gateway.nextLine();
  const server = await serverPid();
  expect(await gateway.ended).toBe('3');
  await waitForEnd(server);
});

it('receives no Ctrl-C from the terminal, so the gateway can stop first', async () => {
  const gateway = startGateway();
  await gateway.nextLine();
  const server = await serverPid();
  process.kill(-gateway.pid, 'SIGINT');
  expect(await gateway.nextLine()).toEqual({ answer: 1 });
  expect(await gateway.ended).toBe('0');
  expect(isRunning(server)).toBe(false);
});

it('says which files are missing when the directory is not a database of the gateway', async () => {
  await rm(join(dataDir, 'postgres', 'password'));
  await expect(start()).rejects.toMatchObject({
    code: 'BAD_CONFIGURATION',
    message: `${join(dataDir, 'postgres')} is not a database of the gateway: it needs cluster/PG_VERSION and password. Restore them, or remove the directory to start with an empty database.`,
  });
});

it('reports the last log lines of a server that does not start', async () => {
  await writeFile(join(cluster, 'PG_VERSION'), '15\n');
  await expect(start()).rejects.toThrow(
    /^PostgreSQL did not start \(exit code 1\): .*database files are incompatible with server/,
  );
});
