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

/** Time limit of a fast shutdown (SIGINT: rolls back open transactions, then writes a checkpoint). */
export const FAST_SHUTDOWN_LIMIT_MS = 10_000;

/** Time limit of an immediate shutdown (SIGQUIT): after 5 seconds PostgreSQL kills its remaining processes itself. */
export const IMMEDIATE_SHUTDOWN_LIMIT_MS = 7_000;

/** Time limit until a server accepts connections. After a crash it first replays at most `max_wal_size` of log. */
const START_LIMIT_MS = 120_000;

/** The states of a server that accepts connections: a standby answers reads only. */
const READY = new Set(['ready', 'standby']);

/** Time limit until a process has ended after SIGKILL. */
export const KILL_LIMIT_MS = 2_000;

/** Time limit for the last log lines of a server that has ended. */
const LAST_LINES_LIMIT_MS = 1_000;

/** Number of the server's last log lines in the error message of a failed start. */
const MAX_LAST_LINES = 8;

/** A running PostgreSQL server, a child process of the gateway. */
export interface PostgresServer {
  /** Resolves when the process has ended, with its exit code, signal or error as text. */
  ended: Promise<string>;
  /** Requests a fast shutdown and does not wait for it; for the `exit` event of this process. */
  requestStop(): void;
  /** Stops the server: fast shutdown, then immediate shutdown, then SIGKILL. Safe to call again. */
  stop(): Promise<void>;
}

/** The options of a server. */
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
 * Starts a server, and resolves when it accepts connections. The server has its own session, so Ctrl-C in a terminal
 * reaches only the gateway, which then stops the server.
 *
 * @throws GatewayError `UNAVAILABLE` with the server's last log lines.
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
  const lastLines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    lastLines.push(line);
    if (lastLines.length > MAX_LAST_LINES) {
      lastLines.shift();
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
    return { ended, requestStop: () => void child.kill('SIGINT'), stop: () => stop(child, ended, log) };
  }
  await stop(child, ended, log);
  await Promise.race([closed, sleep(LAST_LINES_LIMIT_MS, undefined, { ref: false })]);
  throw new GatewayError(
    'UNAVAILABLE',
    `PostgreSQL did not start (${end}): ${lastLines.join(' | ') || 'no log lines'}`,
  );
}

/**
 * Resolves with undefined when the server is ready, else with the reason of its end. The eighth line of postmaster.pid has
 * the server's state: to read it needs no password and no free connection.
 */
async function readyOrEnded(
  cluster: string,
  pid: number | undefined,
  ended: Promise<string>,
): Promise<string | undefined> {
  let end: string | undefined;
  void ended.then((how) => (end = how));
  for (const until = Date.now() + START_LIMIT_MS; end === undefined; await sleep(5)) {
    const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    if (Number(lines[0]) === pid && READY.has(lines[7]?.trim() ?? '')) {
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
  // FATAL ends one session, whose client gets the message; a shutdown ends every session that way.
  if (line.startsWith('PANIC:')) {
    log.error({ postgres: line }, 'PostgreSQL reports an error');
  } else {
    log.debug({ postgres: line }, 'PostgreSQL');
  }
}
