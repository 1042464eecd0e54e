import { execFile } from 'node:child_process';
import { readFile, readlink, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { GatewayError } from '../../errors.js';
import type { Log } from '../../log.js';
import { FAST_SHUTDOWN_LIMIT_MS, IMMEDIATE_SHUTDOWN_LIMIT_MS, KILL_LIMIT_MS } from './server.js';

/**
 * Ends the server that a killed gateway left running on this cluster. If that server has ended too, removes its
 * `postmaster.pid`: PostgreSQL refuses to start while any process has the process id in that file. Here, only a postgres
 * whose working directory is this cluster counts as the server. The caller holds the lock on the data directory, so no
 * other gateway uses the server.
 *
 * @throws GatewayError `UNAVAILABLE` when the server does not end.
 */
export async function endOrphan(cluster: string, log: Log): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid');
  const content = await readFile(pidFile, 'utf8').catch(() => undefined);
  if (content === undefined) {
    return;
  }
  const pid = Number(content.split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !(await isServerOf(pid, cluster))) {
    await rm(pidFile, { force: true });
    return;
  }
  log.warn({ pid }, 'stopping the PostgreSQL that an earlier gateway left running');
  const stopsOn = async (signal: NodeJS.Signals, limit: number): Promise<boolean> => {
    signalIfAlive(pid, signal);
    for (const until = Date.now() + limit; Date.now() < until; await sleep(20)) {
      if (!(await isServerOf(pid, cluster))) {
        return true;
      }
    }
    return false;
  };
  if (await stopsOn('SIGINT', FAST_SHUTDOWN_LIMIT_MS)) {
    return;
  }
  if (await stopsOn('SIGQUIT', IMMEDIATE_SHUTDOWN_LIMIT_MS)) {
    return;
  }
  if (await stopsOn('SIGKILL', KILL_LIMIT_MS)) {
    return;
  }
  throw new GatewayError(
    'UNAVAILABLE',
    `PostgreSQL process ${pid}, left by an earlier gateway, does not stop`,
  );
}

async function isServerOf(pid: number, cluster: string): Promise<boolean> {
  if (process.platform === 'linux') {
    const workingDirectory = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    const program = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')[0] ?? '';
    return workingDirectory === cluster && basename(program) === 'postgres';
  }
  const { stdout } = await promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(
    () => ({ stdout: '' }),
  );
  return stdout.includes('/postgres ') && stdout.includes(`-D ${cluster} `);
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // The process has ended meanwhile.
  }
}
