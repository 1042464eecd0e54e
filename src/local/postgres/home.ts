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

/** Where one embedded PostgreSQL lives, and as whom. */
export interface PostgresHome {
  /** Real path of the directory that holds `cluster/` and `password`. It may not exist yet; its parent does. */
  path: string;
  binaries: PostgresBinaries;
  /** Set when the gateway runs as root: the user that owns the directory and runs the programs. */
  user: SystemUser | undefined;
}

/**
 * Finds or makes the place for the embedded database: `postgres/` in `dataDir`. PostgreSQL refuses to run as root, so
 * as root another user runs it, and where that user may not enter `dataDir` (a checkout in a home of mode 700) the
 * directory lies under /var/lib/membership-gateway and `postgres` is a symbolic link to it. Likewise the programs.
 * The caller holds the lock on `dataDir`. Throws `BAD_CONFIGURATION`.
 */
export async function preparePostgresHome(dataDir: string, log: Log): Promise<PostgresHome> {
  await mkdir(dataDir, { recursive: true });
  const realDataDir = await realpath(dataDir);
  const entrance = join(realDataDir, 'postgres');
  const binaries = findPostgresBinaries();
  if (process.getuid?.() !== 0) {
    await refuseForeignOwner(entrance);
    const path = await realpath(entrance).catch(() => entrance);
    return { path, binaries: await makeReachable(binaries, undefined), user: undefined };
  }
  const user = (await findOwner(entrance)) ?? (await choosePostgresUser(log));
  const path = await settle(realDataDir, entrance, user, log);
  if (path !== entrance) {
    log.info(
      `the database lives in ${path}: ${user.name}, who runs it for root, may not enter ${realDataDir}`,
    );
  }
  return { path, binaries: await makeReachable(binaries, user), user };
}

async function settle(realDataDir: string, entrance: string, user: SystemUser, log: Log): Promise<string> {
  const found = await lstat(entrance).catch(() => undefined);
  if (found?.isSymbolicLink()) {
    return followLink(realDataDir, entrance);
  }
  const reachable = await canReach(user, realDataDir);
  if (found === undefined && !reachable) {
    return settleElsewhere(realDataDir, entrance, log);
  }
  if (!reachable) {
    throw new GatewayError(
      'BAD_CONFIGURATION',
      `${user.name}, who runs PostgreSQL for root, may not enter ${realDataDir} any more`,
    );
  }
  // A cluster that root restored or copied belongs to root, and PostgreSQL would refuse it.
  if (found?.uid === 0) {
    await promisify(execFile)('chown', ['-R', `${user.uid}:${user.gid}`, entrance]);
  }
  return entrance;
}

async function settleElsewhere(realDataDir: string, entrance: string, log: Log): Promise<string> {
  await makeSystemDirectory();
  const path = join(SYSTEM_DIRECTORY, createHash('sha256').update(realDataDir).digest('hex').slice(0, 16));
  // No link leads there, so its data directory was removed. One such database is kept, the last.
  if (await stat(path).catch(() => undefined)) {
    await rm(`${path}.previous`, { recursive: true, force: true });
    await rename(path, `${path}.previous`);
    log.warn(`kept the database of a data directory that was removed: ${path}.previous`);
  }
  await writeFile(`${path}.origin`, realDataDir);
  await symlink(path, entrance);
  return path;
}

// A data directory that was copied has a copied link, and two gateways must not run on one cluster. One that was
// moved is welcome.
async function followLink(realDataDir: string, entrance: string): Promise<string> {
  const path = await readlink(entrance);
  const origin = await readFile(`${path}.origin`, 'utf8').catch(() => realDataDir);
  if (origin === realDataDir) {
    return path;
  }
  if ((await readlink(join(origin, 'postgres')).catch(() => undefined)) === path) {
    throw new GatewayError(
      'BAD_CONFIGURATION',
      `${entrance} is a copied link to the database of ${origin}. Remove it to start with an empty database.`,
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
