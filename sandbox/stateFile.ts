import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { World, WorldSnapshot } from './world.js';

/** Keeps members and detectors in a file, so that they outlive the process. */
export interface StateFile {
  /** Takes the file's members and detectors into the world; leaves the world alone when there is no file yet, and makes sure that there can be one. */
  load(): Promise<void>;
  /** Tells that the world has changed: it is written soon after, together with what follows meanwhile. */
  touch(): void;
  /** Writes what is not written yet. */
  flush(): Promise<void>;
}

/** How long changes are gathered before they are written, in milliseconds; longer when writing itself takes long. */
const GATHER_MS = 300;

/** Writing may take this share of the time: a large file is written less often, so that calls keep their pace. */
const WRITING_SHARE = 1 / 20;

/** A state file at `path`: always whole, since it is written beside itself and then put in place. */
export function createStateFile(path: string, world: World): StateFile {
  let timer: NodeJS.Timeout | undefined;
  let gatherMs = GATHER_MS;
  let writing = Promise.resolve();

  const write = async (): Promise<void> => {
    const started = performance.now();
    await writeFile(`${path}.new`, JSON.stringify(world.snapshot()));
    await rename(`${path}.new`, path);
    gatherMs = Math.max(GATHER_MS, (performance.now() - started) / WRITING_SHARE);
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
        world.restore(JSON.parse(text) as WorldSnapshot);
      }
    },
    touch() {
      timer ??= setTimeout(() => void writeNext(), gatherMs).unref();
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
