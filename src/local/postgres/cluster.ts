import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { GatewayError } from '../../errors.js';
import type { Log } from '../../log.js';
import { programOptions, programPath } from './binaries.js';
import type { PostgresHome } from './home.js';

/** The only user of an embedded cluster, a superuser. */
export const CLUSTER_USER = 'gateway';

/** An initialised cluster: the data directory of PostgreSQL, and the password of CLUSTER_USER. */
export interface Cluster {
  directory: string;
  password: string;
}

/**
 * Opens the cluster of `home`, and initialises it the first time. The caller holds the lock on the data directory.
 *
 * One rename creates cluster and password together. If initdb is killed, its directory has another name, and the next start
 * removes it.
 */
export async function openCluster(
  home: PostgresHome,
  options: { durable: boolean; log: Log },
): Promise<Cluster> {
  await removeUnfinished(home.path);
  if (!(await exists(home.path))) {
    await initialise(home, options);
  }
  const directory = join(home.path, 'cluster');
  const passwordFile = join(home.path, 'password');
  try {
    await stat(join(directory, 'PG_VERSION'));
    return { directory, password: (await readFile(passwordFile, 'utf8')).trim() };
  } catch (cause) {
    throw new GatewayError(
      'BAD_CONFIGURATION',
      `${home.path} is not a database of the gateway: it needs cluster/PG_VERSION and password. Restore them, or remove the directory to start with an empty database.`,
      { cause },
    );
  }
}

async function initialise(
  home: PostgresHome,
  { durable, log }: { durable: boolean; log: Log },
): Promise<void> {
  const startedAt = performance.now();
  const unfinished = `${home.path}.new-${randomBytes(6).toString('hex')}`;
  const directory = join(unfinished, 'cluster');
  const passwordFile = join(unfinished, 'password');
  await mkdir(unfinished, { mode: 0o700 });
  await writeFile(passwordFile, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
  if (home.user !== undefined) {
    await chown(unfinished, home.user.uid, home.user.gid);
    await chown(passwordFile, home.user.uid, home.user.gid);
  }
  // The built-in locale sorts by code point on every machine, so no index depends on the version of the C library.
  const args = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  args.push(
    `--username=${CLUSTER_USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    `--pgdata=${directory}`,
  );
  if (!durable) {
    args.push('--no-sync');
  }
  try {
    await promisify(execFile)(programPath(home.binaries, 'initdb'), args, programOptions(home.user));
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true });
    const message = (cause as { stderr?: string }).stderr?.trim() || String(cause);
    throw new GatewayError('UNAVAILABLE', `initdb failed in ${home.path}: ${message}`, { cause });
  }
  await rename(unfinished, home.path);
  if (durable) {
    await syncDirectory(dirname(home.path));
  }
  log.info(
    { path: home.path, milliseconds: Math.round(performance.now() - startedAt) },
    'made a new database cluster',
  );
}

async function removeUnfinished(path: string): Promise<void> {
  const parent = dirname(path);
  for (const entry of await readdir(parent)) {
    if (entry.startsWith(`${basename(path)}.new-`)) {
      await rm(join(parent, entry), { recursive: true, force: true, maxRetries: 5 });
    }
  }
}

/** Writes a directory to disk: without this, a power cut may undo a rename in it. */
async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
