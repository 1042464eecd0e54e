import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SandboxState, StateSnapshot } from './sandboxState.js';

/** Keeps members and detectors in a file over a restart. */
export interface StateFile {
  /** Restores the state from the file, if there is one. Creates the folder of the file. */
  load(): Promise<void>;
  /** Schedules a write of the state. One write covers all changes until then. */
  touch(): void;
  /** Writes pending changes at once. */
  flush(): Promise<void>;
}

/** Minimum delay of a write in milliseconds. */
const MIN_DELAY_MS = 300;

/** Maximum share of the time for writing. A large file is written less often, so calls stay fast. */
const MAX_WRITING_SHARE = 1 / 20;

/** Returns the state file at `path`. A write goes to a second file, which then replaces the first: the file is never partial. */
export function createStateFile(path: string, state: SandboxState): StateFile {
  let timer: NodeJS.Timeout | undefined;
  let delayMs = MIN_DELAY_MS;
  let writing = Promise.resolve();

  const write = async (): Promise<void> => {
    const started = performance.now();
    await writeFile(`${path}.new`, JSON.stringify(state.snapshot()));
    await rename(`${path}.new`, path);
    delayMs = Math.max(MIN_DELAY_MS, (performance.now() - started) / MAX_WRITING_SHARE);
  };
  const writeNext = (): Promise<void> => {
    timer = undefined;
    writing = writing.then(write);
    return writing;
  };

  return {
    async load() {
      await mkdir(dirname(path), { recursive: true });
      const text = await readFile(path, 'utf8').catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
          return undefined;
        }
        throw error;
      });
      if (text !== undefined) {
        state.restore(JSON.parse(text) as StateSnapshot);
      }
    },
    touch() {
      timer ??= setTimeout(() => void writeNext(), delayMs).unref();
    },
    async flush() {
      if (!timer) {
        return writing;
      }
      clearTimeout(timer);
      return writeNext();
    },
  };
}
