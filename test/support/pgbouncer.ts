import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { expect } from 'vitest';

/** Debian's, or the one that PGBOUNCER_PATH names. */
const PROGRAM = process.env['PGBOUNCER_PATH'] ?? '/usr/sbin/pgbouncer';

/** Whether there is a PgBouncer here. */
export const hasPgBouncer = existsSync(PROGRAM);

/** Whether this PgBouncer keeps prepared statements in transaction mode, as versions since 1.21 do. */
export const keepsPreparedStatements = hasPgBouncer && versionOf(PROGRAM) >= 1.21;

/** A running PgBouncer. */
export interface PgBouncer {
  /** The same address, through the pooler. */
  through(databaseUrl: string): string;
  stop(): Promise<void>;
}

/** Starts PgBouncer in front of the server of this address, with its defaults except for the lines of `settings`. */
export async function startPgBouncer(databaseUrl: string, settings: string[]): Promise<PgBouncer> {
  const server = new URL(databaseUrl);
  const folder = await mkdtemp(path.join(tmpdir(), 'gateway-pgbouncer-'));
  const port = await freePort();
  const isRoot = process.getuid?.() === 0;
  await writeFile(path.join(folder, 'users.txt'), `"${server.username}" "${server.password}"\n`);
  await writeFile(
    path.join(folder, 'pgbouncer.ini'),
    [
      '[databases]',
      `* = host=${server.hostname} port=${server.port}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = plain',
      `auth_file = ${path.join(folder, 'users.txt')}`,
      ...settings,
    ].join('\n'),
  );
  // PgBouncer refuses to run as root.
  await chmod(folder, 0o755);
  const child = spawn(PROGRAM, [...(isRoot ? ['-u', 'postgres'] : []), path.join(folder, 'pgbouncer.ini')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk) => {
    log += String(chunk);
  });
  const ended = once(child, 'exit');
  const through = (url: string): string => {
    const pooled = new URL(url);
    pooled.port = String(port);
    return pooled.href;
  };
  await expect.poll(() => answers(through(databaseUrl)), { message: log }).toBe(true);
  return {
    through,
    async stop() {
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function versionOf(program: string): number {
  const { stdout } = spawnSync(program, ['-V'], { encoding: 'utf8' });
  return Number(/PgBouncer (\d+\.\d+)/.exec(stdout)?.[1] ?? 0);
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}
