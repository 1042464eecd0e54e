import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../../errors.js';

/** One gateway's hold on a data directory. */
export interface DataDirLock {
  /** Tells whoever tries to start a second gateway where this one answers. */
  announce(url: string): Promise<void>;
  /** Gives the directory up. Call it last, after everything that uses the directory has stopped. Safe to call again. */
  release(): Promise<void>;
}

interface Holder {
  pid: number;
  url?: string;
}

/** SQLite's code for a file that another connection has locked (SQLITE_BUSY). */
const LOCKED_BY_ANOTHER = 5;

/** How long to look for the holder's name: it is written just after the lock is taken. */
const HOLDER_LIMIT_MS = 1_000;

/**
 * Takes `dataDir` for this process, making the directory if need be: one gateway per data directory, since two would
 * start two servers on one database. Throws `BAD_CONFIGURATION` at once when another process has it, with one line
 * that says where that one answers.
 *
 * The lock is the operating system's, on the file `gateway.lock`, held by way of the SQLite in Node: the kernel hands
 * it to exactly one of any number of processes and takes it back when that process ends, however it ends. So there is
 * nothing stale to judge, and process ids, which get reused, decide nothing. `gateway.json` only says who holds it.
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  const database = await takeLock(dataDir);
  if (database === undefined) {
    throw new GatewayError('BAD_CONFIGURATION', await describeHolder(dataDir));
  }

  const close = (): void => {
    if (database.isOpen) {
      database.close();
    }
  };
  // Also keeps the connection reachable: collected as garbage it would be closed, and the lock gone unnoticed.
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

async function takeLock(dataDir: string): Promise<DatabaseSync | undefined> {
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
    // A name that a killed gateway left is overwritten in a moment by the one that has the lock now.
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
  // Written whole or not at all: others read it at any moment.
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
