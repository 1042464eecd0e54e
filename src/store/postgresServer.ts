import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../errors.js';
import type { Log } from '../log.js';
import { type PostgresBinaries, programOptions, programPath } from './postgresBinaries.js';
import type { SystemUser } from './postgresUser.js';

/** How long a server may take over a fast shutdown (SIGINT: open transactions rolled back, then a checkpoint). */
export const FAST_SHUTDOWN_LIMIT_MS = 10_000;

/** How long after SIGQUIT a server may still be there: PostgreSQL itself kills what is left of it after 5 seconds. */
export const IMMEDIATE_SHUTDOWN_LIMIT_MS = 7_000;

/** How long a server may take to accept connections. After a crash it first replays at most `max_wal_size` of log. */
const START_LIMIT_MS = 120_000;

/** Lines of the server's log kept for the error message of a failed start. */
const REMEMBERED_LINES = 8;

/** A running server, started by us. */
export interface PostgresServer {
  pid: number;
  /** Resolves when the process has ended, with how. */
  ended: Promise<string>;
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
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);
  const child = spawn(programPath(binaries, 'postgres'), args, {
    ...programOptions(user),
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lastWords: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    lastWords.push(line);
    if (lastWords.length > REMEMBERED_LINES) lastWords.shift();
    record(line, log);
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const { pid } = child;
  const end = pid === undefined ? await ended : await readyOrEnded(cluster, pid, ended);
  if (pid !== undefined && end === undefined) return { pid, ended, stop: () => stop(pid, ended, log) };
  if (pid !== undefined) await stop(pid, ended, log);
  throw new GatewayError(
    'UNAVAILABLE',
    `PostgreSQL did not start (${end}): ${lastWords.join(' | ') || 'it said nothing'}`,
  );
}

// The postmaster keeps its state in the eighth line of its pid file; that it is asked there and not over a connection
// means that neither a password nor a free connection is needed.
async function readyOrEnded(
  cluster: string,
  pid: number,
  ended: Promise<string>,
): Promise<string | undefined> {
  let end: string | undefined;
  void ended.then((how) => (end = how));
  for (const until = Date.now() + START_LIMIT_MS; end === undefined; await sleep(5)) {
    const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    if (Number(lines[0]) === pid && lines[7]?.trim() === 'ready') return undefined;
    if (Date.now() > until) return `not ready after ${START_LIMIT_MS / 1000} seconds`;
  }
  return end;
}

async function stop(pid: number, ended: Promise<string>, log: Log): Promise<void> {
  for (const [signal, limit] of [
    ['SIGINT', FAST_SHUTDOWN_LIMIT_MS],
    ['SIGQUIT', IMMEDIATE_SHUTDOWN_LIMIT_MS],
  ] as const) {
    if (await endsWithin(ended, 0)) return;
    process.kill(pid, signal);
    if (await endsWithin(ended, limit)) return;
    log.warn({ pid, signal, limit }, 'PostgreSQL did not stop in time');
  }
  process.kill(pid, 'SIGKILL');
  await ended;
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
  if (line.startsWith('PANIC:')) log.error({ postgres: line }, 'PostgreSQL reports an error');
  else log.debug({ postgres: line }, 'PostgreSQL');
}
