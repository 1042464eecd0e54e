import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../../errors.js';

/** The lock of a gateway on its data directory. */
export interface DataDirLock {
  /** Writes the gateway's URL to the directory, for the error message of a second gateway. */
  announce(url: string): Promise<void>;
  /** Frees the directory. Call it after every user of the directory has stopped. Safe to call again. */
  release(): Promise<void>;
}

interface Holder {
  pid: number;
  url?: string;
}

/** SQLite's code for a file that another connection has locked (SQLITE_BUSY). */
const LOCKED_BY_ANOTHER = 5;

/** Longest wait for the holder's process id, in milliseconds: it is written just after the directory is locked. */
const HOLDER_LIMIT_MS = 1_000;

/**
 * Locks `dataDir` for this process, and creates the directory if it does not exist. Two gateways on one data directory would
 * start two servers on one database.
 *
 * The lock is a file lock of the operating system on `gateway.lock`, through the SQLite in Node. The kernel gives it to
 * exactly one process, and frees it when that process ends, also after a crash. So no lock is ever stale, and process ids,
 * which are reused, decide nothing. `gateway.json` has the holder's process id and URL for the error message.
 *
 * @throws GatewayError `BAD_CONFIGURATION` at once when another process holds the lock, with the URL of that gateway.
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  const database = await tryLock(dataDir);
  if (database === undefined) {
    throw new GatewayError('BAD_CONFIGURATION', await describeHolder(dataDir));
  }

  const close = (): void => {
    if (database.isOpen) {
      database.close();
    }
  };
  // Also keeps a reference to the connection: garbage collection would close it and free the lock.
  process.once('exit', close);
  await writeHolder(dataDir, { pid: process.pid });
  return {
    announce: (url) => writeHolder(dataDir, { pid: process.pid, url }),
    async release() {
      if (!database.isOpen) {
        return;
      }
      await rm(holderFile(dataDir), { force: true });
      process.off('exit', close);
      close();
    },
  };
}

async function tryLock(dataDir: string): Promise<DatabaseSync | undefined> {
  let database: DatabaseSync | undefined;
  try {
    await mkdir(dataDir, { recursive: true });
    database = new DatabaseSync(join(dataDir, 'gateway.lock'), { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (cause) {
    if (database?.isOpen) {
      database.close();
    }
    if ((cause as { errcode?: unknown }).errcode === LOCKED_BY_ANOTHER) {
      return undefined;
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GatewayError('BAD_CONFIGURATION', `cannot use ${dataDir} as data directory: ${reason}`, {
      cause,
    });
  }
}

async function describeHolder(dataDir: string): Promise<string> {
  for (const until = Date.now() + HOLDER_LIMIT_MS; ; await sleep(20)) {
    const holder = await readHolder(dataDir);
    const late = Date.now() > until;
    // The file of a killed gateway is overwritten in a moment by the gateway that now holds the lock.
    if (holder !== undefined && (late || isAlive(holder.pid))) {
      return holder.url === undefined
        ? `already starting (process ${holder.pid}, data in ${dataDir})`
        : `already running: ${holder.url} (process ${holder.pid}, data in ${dataDir})`;
    }
    if (late) {
      return `already running (data in ${dataDir})`;
    }
  }
}

async function readHolder(dataDir: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(holderFile(dataDir), 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

async function writeHolder(dataDir: string, holder: Holder): Promise<void> {
  // The rename is atomic: other processes read the file at any time.
  await writeFile(`${holderFile(dataDir)}.new`, JSON.stringify(holder));
  await rename(`${holderFile(dataDir)}.new`, holderFile(dataDir));
}

function holderFile(dataDir: string): string {
  return join(dataDir, 'gateway.json');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code === 'EPERM';
  }
}
