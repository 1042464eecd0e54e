import { execFileSync } from 'node:child_process';
import {
  chmod,
  chown,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readlink,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '../../../src/local/postgres/startPostgres.js';
import {
  findPostgresBinaries,
  makeReachable,
  SYSTEM_DIRECTORY,
} from '../../../src/local/postgres/binaries.js';
import { choosePostgresUser } from '../../../src/local/postgres/systemUser.js';
import { startProgram } from '../../support/childProgram.js';

const log = pino({ level: 'silent' });
const isRoot = process.getuid?.() === 0;

let home: string;
let dataDir: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'gateway home-'));
  dataDir = join(home, '.data');
});
afterEach(async () => {
  for (const name of await readdir(home)) {
    const entrance = join(home, name, 'postgres');
    if (!(await lstat(entrance).catch(() => undefined))?.isSymbolicLink()) {
      continue;
    }
    const path = await readlink(entrance);
    await Promise.all(
      ['', '.origin', '.previous'].map((suffix) => rm(path + suffix, { recursive: true, force: true })),
    );
  }
  await rm(home, { recursive: true });
});

/** Starts the database, runs `sql` on it, and stops it. */
async function useDatabase(sql: string, directory = dataDir): Promise<unknown[]> {
  const postgres = await startEmbeddedPostgres({ dataDir: directory, log });
  try {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(sql);
    await client.end();
    return rows;
  } finally {
    await postgres.stop();
  }
}

it.runIf(isRoot)('[needs root] lives in the data directory when PostgreSQL’s user may enter it', async () => {
  await chmod(home, 0o755);
  await useDatabase('SELECT 1');
  expect((await lstat(join(dataDir, 'postgres'))).isDirectory()).toBe(true);
  expect((await stat(join(dataDir, 'postgres'))).uid).not.toBe(0);
});

it.runIf(isRoot)(
  '[needs root] lives elsewhere when PostgreSQL’s user may not enter, and stays there',
  async () => {
    await chmod(home, 0o700);
    await useDatabase('CREATE TABLE kept (id int)');
    const path = await readlink(join(dataDir, 'postgres'));
    expect(path).toMatch(new RegExp(`^${SYSTEM_DIRECTORY}/[0-9a-f]{16}$`));
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    expect(await useDatabase('SELECT * FROM kept')).toEqual([]);
  },
);

it.runIf(isRoot)(
  '[needs root] starts empty after the data directory was removed, and keeps the old data once',
  async () => {
    await chmod(home, 0o700);
    await useDatabase('CREATE TABLE kept (id int)');
    const path = await readlink(join(dataDir, 'postgres'));
    await rm(dataDir, { recursive: true });
    expect(await useDatabase(`SELECT to_regclass('kept') AS kept`)).toEqual([{ kept: null }]);
    expect(await readdir(`${path}.previous`)).toEqual(['cluster', 'password']);
  },
);

it.runIf(isRoot)(
  '[needs root] follows a data directory that was moved, and refuses a copy of one',
  async () => {
    await chmod(home, 0o700);
    await useDatabase('CREATE TABLE kept (id int)');
    const copy = join(home, 'copy');
    await cp(dataDir, copy, { recursive: true, verbatimSymlinks: true });
    await expect(useDatabase('SELECT 1', copy)).rejects.toMatchObject({
      code: 'BAD_CONFIGURATION',
      message: `${copy}/postgres is a copied link to the database of ${dataDir}. Remove it to start with an empty database.`,
    });
    await rm(copy, { recursive: true });
    const moved = join(home, 'moved');
    await rename(dataDir, moved);
    expect(await useDatabase('SELECT * FROM kept', moved)).toEqual([]);
  },
);

it.runIf(isRoot)('[needs root] gives a cluster that root restored back to PostgreSQL’s user', async () => {
  await chmod(home, 0o755);
  await useDatabase('CREATE TABLE kept (id int)');
  execFileSync('chown', ['-R', '0:0', join(dataDir, 'postgres')]);
  expect(await useDatabase('SELECT * FROM kept')).toEqual([]);
});

it.runIf(isRoot)('[needs root] copies the programs where PostgreSQL’s user can run them', async () => {
  const original = findPostgresBinaries();
  const user = await choosePostgresUser(log);
  const hidden = { root: join(home, 'native'), version: `test-${process.pid}` };
  await cp(original.root, hidden.root, { recursive: true, verbatimSymlinks: true });
  await chmod(home, 0o700);
  const copies = await Promise.all([makeReachable(hidden, user), makeReachable(hidden, user)]);
  const root = join(SYSTEM_DIRECTORY, `postgresql-${hidden.version}`);
  try {
    expect(copies).toEqual([
      { ...hidden, root },
      { ...hidden, root },
    ]);
    expect((await readdir(SYSTEM_DIRECTORY)).filter((name) => name.includes(hidden.version))).toHaveLength(1);
  } finally {
    await rm(root, { recursive: true });
  }
});

it.runIf(isRoot && othersMayRead(import.meta.filename))(
  '[needs root, and a checkout that others may read] runs as a plain user, and refuses what root has made',
  async () => {
    await chmod(home, 0o755);
    await useDatabase('SELECT 1');
    const nobody = { uid: 65_534, gid: 65_534, cwd: '/' };
    const made = startProgram('local/postgres/programs/runPostgres.ts', [dataDir], nobody);
    await expect(made.nextLine()).rejects.toThrow(`cannot use ${dataDir} as data directory`);

    const own = join(home, 'own');
    await mkdir(own);
    await chown(own, nobody.uid, nobody.gid);
    const program = startProgram('local/postgres/programs/runPostgres.ts', [own], nobody);
    await program.nextLine();
    program.kill('SIGINT');
    expect(await program.nextLine()).toEqual({ answer: 1 });
    expect(await program.ended).toBe('0');
    expect((await stat(join(own, 'postgres', 'cluster'))).uid).toBe(nobody.uid);
    // Root starting the same directory runs it as its owner.
    expect(await useDatabase('SELECT 1 AS one', own)).toEqual([{ one: 1 }]);
  },
);

it.runIf(!isRoot)('[needs a plain user] lives in the data directory, of any mode', async () => {
  await useDatabase('CREATE TABLE kept (id int)');
  expect((await lstat(join(dataDir, 'postgres'))).isDirectory()).toBe(true);
  await chmod(dataDir, 0o700);
  expect(await useDatabase('SELECT * FROM kept')).toEqual([]);
});

function othersMayRead(file: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', 'test -r "$1"', 'sh', file], { uid: 65_534, gid: 65_534, cwd: '/' });
    return true;
  } catch {
    return false;
  }
}
