import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  lstat,
  mkdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GatewayError } from '../../errors.js';
import type { Log } from '../../log.js';
import {
  findPostgresBinaries,
  makeReachable,
  makeSystemDirectory,
  type PostgresBinaries,
  SYSTEM_DIRECTORY,
} from './binaries.js';
import { canReach, choosePostgresUser, findOwner, type SystemUser } from './systemUser.js';

/** The directory, the programs and the user of an embedded PostgreSQL. */
export interface PostgresHome {
  /** Real path of the directory that holds `cluster/` and `password`. It may not exist yet; its parent does. */
  path: string;
  binaries: PostgresBinaries;
  /** Set when the gateway runs as root: the user that owns the directory and runs the programs. */
  user: SystemUser | undefined;
}

/**
 * Finds or makes the directory of the embedded database, `postgres/` in `dataDir`. The caller holds the lock on `dataDir`.
 *
 * PostgreSQL refuses to run as root. If the gateway runs as root, PostgreSQL runs as another user. If that user may not enter
 * `dataDir`, for example a checkout in a home of mode 700, the directory is under /var/lib/membership-gateway, and `postgres`
 * is a symbolic link to it. The programs are copied there for the same reason.
 *
 * @throws GatewayError `BAD_CONFIGURATION` when the user cannot reach the directory, or another user owns it.
 */
export async function preparePostgresHome(dataDir: string, log: Log): Promise<PostgresHome> {
  await mkdir(dataDir, { recursive: true });
  const realDataDir = await realpath(dataDir);
  const defaultPath = join(realDataDir, 'postgres');
  const binaries = findPostgresBinaries();
  if (process.getuid?.() !== 0) {
    await refuseForeignOwner(defaultPath);
    const path = await realpath(defaultPath).catch(() => defaultPath);
    return { path, binaries: await makeReachable(binaries, undefined), user: undefined };
  }
  const user = (await findOwner(defaultPath)) ?? (await choosePostgresUser(log));
  const path = await chooseDirectory(realDataDir, defaultPath, user, log);
  if (path !== defaultPath) {
    log.info(
      `the database is in ${path}: the user ${user.name}, which runs it for root, may not enter ${realDataDir}`,
    );
  }
  return { path, binaries: await makeReachable(binaries, user), user };
}

async function chooseDirectory(
  realDataDir: string,
  defaultPath: string,
  user: SystemUser,
  log: Log,
): Promise<string> {
  const found = await lstat(defaultPath).catch(() => undefined);
  if (found?.isSymbolicLink()) {
    return followLink(realDataDir, defaultPath);
  }
  const reachable = await canReach(user, realDataDir);
  if (found === undefined && !reachable) {
    return linkToSystemDirectory(realDataDir, defaultPath, log);
  }
  if (!reachable) {
    throw new GatewayError(
      'BAD_CONFIGURATION',
      `the user ${user.name}, which runs PostgreSQL for root, may not enter ${realDataDir} any more`,
    );
  }
  // If root restored or copied the cluster, root owns it, and PostgreSQL would refuse it.
  if (found?.uid === 0) {
    await promisify(execFile)('chown', ['-R', `${user.uid}:${user.gid}`, defaultPath]);
  }
  return defaultPath;
}

async function linkToSystemDirectory(realDataDir: string, defaultPath: string, log: Log): Promise<string> {
  await makeSystemDirectory();
  const path = join(SYSTEM_DIRECTORY, createHash('sha256').update(realDataDir).digest('hex').slice(0, 16));
  // No link points to this path, so its data directory was removed. Only the last such database is kept.
  if (await stat(path).catch(() => undefined)) {
    await rm(`${path}.previous`, { recursive: true, force: true });
    await rename(path, `${path}.previous`);
    log.warn(`kept the database of a data directory that was removed: ${path}.previous`);
  }
  await writeFile(`${path}.origin`, realDataDir);
  await symlink(path, defaultPath);
  return path;
}

/** Follows the link of this data directory, or of one that was moved; refuses a copied link: one cluster has one gateway. */
async function followLink(realDataDir: string, defaultPath: string): Promise<string> {
  const path = await readlink(defaultPath);
  const origin = await readFile(`${path}.origin`, 'utf8').catch(() => realDataDir);
  if (origin === realDataDir) {
    return path;
  }
  if ((await readlink(join(origin, 'postgres')).catch(() => undefined)) === path) {
    throw new GatewayError(
      'BAD_CONFIGURATION',
      `${defaultPath} is a copied link to the database of ${origin}. Remove it to start with an empty database.`,
    );
  }
  await writeFile(`${path}.origin`, realDataDir);
  return path;
}

async function refuseForeignOwner(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => undefined);
  if (found === undefined || found.uid === process.getuid?.()) {
    return;
  }
  throw new GatewayError(
    'BAD_CONFIGURATION',
    `${directory} belongs to another user (id ${found.uid}), as when the gateway has run here as root. Start it as root again, or remove the directory to start with an empty database.`,
  );
}
