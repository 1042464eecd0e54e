import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../../errors.js';
import type { Log } from '../../log.js';
import { type PostgresBinaries, programOptions, programPath } from './binaries.js';
import type { SystemUser } from './systemUser.js';

/** How long a server may take over a fast shutdown (SIGINT: open transactions rolled back, then a checkpoint). */
export const FAST_SHUTDOWN_LIMIT_MS = 10_000;

/** How long after SIGQUIT a server may still be there: PostgreSQL itself kills what is left of it after 5 seconds. */
export const IMMEDIATE_SHUTDOWN_LIMIT_MS = 7_000;

/** How long a server may take to accept connections. After a crash it first replays at most `max_wal_size` of log. */
const START_LIMIT_MS = 120_000;

/** How long a process killed outright may take to be gone. */
export const KILL_LIMIT_MS = 2_000;

/** How long after the end of a server its last words may take to arrive. */
const LAST_WORDS_LIMIT_MS = 1_000;

/** Lines of the server's log kept for the error message of a failed start. */
const REMEMBERED_LINES = 8;

/** A running server, started by us. */
export interface PostgresServer {
  /** Resolves when the process has ended, with how. */
  ended: Promise<string>;
  /** Asks for a fast shutdown and does not wait: all that a process can do that is about to exit. */
  hurry(): void;
  /** Fast shutdown, then an immediate one, then SIGKILL. Safe to call again. */
  stop(): Promise<void>;
}

/** What a server is started with. */
export interface ServerOptions {
  binaries: PostgresBinaries;
  user: SystemUser | undefined;
  /** PostgreSQL's data directory, as a real path. */
  cluster: string;
  port: number;
  settings: Record<string, string>;
  log: Log;
}

/**
 * Starts a server and waits until it accepts connections. It has a session of its own, so that Ctrl-C in a terminal
 * reaches the gateway first, which then stops it. Throws `UNAVAILABLE` with the server's last words.
 */
export async function startServer({
  binaries,
  user,
  cluster,
  port,
  settings,
  log,
}: ServerOptions): Promise<PostgresServer> {
  const args = ['-D', cluster, '-p', String(port)];
  for (const [name, value] of Object.entries(settings)) {
    args.push('-c', `${name}=${value}`);
  }
  const child = spawn(programPath(binaries, 'postgres'), args, {
    ...programOptions(user),
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lastWords: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    lastWords.push(line);
    if (lastWords.length > REMEMBERED_LINES) {
      lastWords.shift();
    }
    record(line, log);
  });
  const closed = once(child, 'close').catch(() => undefined);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const end = await readyOrEnded(cluster, child.pid, ended);
  if (end === undefined) {
    return { ended, hurry: () => void child.kill('SIGINT'), stop: () => stop(child, ended, log) };
  }
  await stop(child, ended, log);
  await Promise.race([closed, sleep(LAST_WORDS_LIMIT_MS, undefined, { ref: false })]);
  throw new GatewayError(
    'UNAVAILABLE',
    `PostgreSQL did not start (${end}): ${lastWords.join(' | ') || 'it said nothing'}`,
  );
}

// The postmaster keeps its state in the eighth line of its pid file; that it is asked there and not over a connection
// means that neither a password nor a free connection is needed.
async function readyOrEnded(
  cluster: string,
  pid: number | undefined,
  ended: Promise<string>,
): Promise<string | undefined> {
  let end: string | undefined;
  void ended.then((how) => (end = how));
  for (const until = Date.now() + START_LIMIT_MS; end === undefined; await sleep(5)) {
    const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    if (Number(lines[0]) === pid && lines[7]?.trim() === 'ready') {
      return undefined;
    }
    if (Date.now() > until) {
      return `not ready after ${START_LIMIT_MS / 1000} seconds`;
    }
  }
  return end;
}

async function stop(child: ChildProcess, ended: Promise<string>, log: Log): Promise<void> {
  const stopsOn = async (signal: NodeJS.Signals, limit: number): Promise<boolean> => {
    child.kill(signal);
    if (await endsWithin(ended, limit)) {
      return true;
    }
    log.warn({ pid: child.pid, signal, limit }, 'PostgreSQL did not stop in time');
    return false;
  };
  if (await stopsOn('SIGINT', FAST_SHUTDOWN_LIMIT_MS)) {
    return;
  }
  if (await stopsOn('SIGQUIT', IMMEDIATE_SHUTDOWN_LIMIT_MS)) {
    return;
  }
  await stopsOn('SIGKILL', KILL_LIMIT_MS);
}

async function endsWithin(ended: Promise<string>, milliseconds: number): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(milliseconds, false, { signal: timer.signal }).catch(() => false);
  const result = await Promise.race([ended.then(() => true), late]);
  timer.abort();
  return result;
}

function record(line: string, log: Log): void {
  // What a session dies of (FATAL) reaches its client, and every session dies of a shutdown.
  if (line.startsWith('PANIC:')) {
    log.error({ postgres: line }, 'PostgreSQL reports an error');
  } else {
    log.debug({ postgres: line }, 'PostgreSQL');
  }
}
