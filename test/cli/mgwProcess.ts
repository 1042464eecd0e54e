import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';

/** The program as npm links it. */
export const MGW = path.resolve(import.meta.dirname, '../../cli/bin/mgw.js');

/** How a command ended, and what it printed. */
export interface MgwResult {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs mgw as a process in a folder of its own, with settings of its own. */
export interface MgwRunner extends AsyncDisposable {
  folder: string;
  env: Record<string, string>;
  run(
    args: readonly string[],
    options?: { stdin?: string; env?: Record<string, string> },
  ): Promise<MgwResult>;
  /** Starts it and returns at once; its input is closed. */
  start(args: readonly string[]): { child: ChildProcess; ended: Promise<MgwResult> };
}

/** @param env on top of those of every run, such as MGW_URL. */
export async function createMgwRunner(env: Record<string, string>): Promise<MgwRunner> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mgw '));
  const base = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    MGW_CONFIG_DIR: path.join(folder, 'settings'),
    ...env,
  };
  const start = (args: readonly string[], more: Record<string, string> = {}, stdin?: string) => {
    const child = spawn(process.execPath, [MGW, ...args], { cwd: folder, env: { ...base, ...more } });
    child.stdin.end(stdin);
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
    const ended = Promise.all([closed, text(child.stdout), text(child.stderr)]).then(
      ([status, stdout, stderr]) => ({ status, stdout, stderr }),
    );
    return { child, ended };
  };
  return {
    folder,
    env: base,
    start,
    run: (args, { stdin, env: more } = {}) => start(args, more, stdin).ended,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The objects of JSON lines. */
export function jsonLines(stdout: string): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
