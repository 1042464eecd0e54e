import { type ChildProcess, spawn, type SpawnOptions, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A TypeScript program of the tests, running in one process of its own: killing it kills nothing else. */
export interface ChildProgram {
  pid: number;
  /** The next line of its standard output, as JSON. Throws, with what it wrote to standard error, when it ends first. */
  nextLine<T>(): Promise<T>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when it has ended, with its exit code or signal. */
  ended: Promise<string>;
}

/** Starts `file` (relative to test/) on this Node with `args`. */
export function startProgram(file: string, args: string[], options: SpawnOptions = {}): ChildProgram {
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), fileURLToPath(new URL(`../${file}`, import.meta.url)), ...args],
    { ...options, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const ended = once(child, 'close').then(([code, signal]) => String(signal ?? code));
  const lines = readLines(child);
  return {
    pid: child.pid!,
    async nextLine<T>() {
      const { value, done } = await lines.next();
      if (done === true) {
        throw new Error(`${file} ended (${await ended}): ${complaints}`);
      }
      return JSON.parse(value) as T;
    },
    kill: (signal) => child.kill(signal),
    ended,
  };
}

function readLines(child: ChildProcess): AsyncIterator<string, undefined> {
  const reader: Interface = createInterface({ input: child.stdout! });
  return reader[Symbol.asyncIterator]() as AsyncIterator<string, undefined>;
}

/** Whether a process of this number is alive. One that has ended and only waits for its parent to notice is not. */
export function isRunning(pid: number): boolean {
  const state =
    process.platform === 'linux'
      ? /^State:\s*(\S)/m.exec(readOrEmpty(`/proc/${pid}/status`))?.[1]
      : spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return state !== undefined && state !== '' && !state.startsWith('Z');
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
