import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** Longest time for a file to be written. A disk that is alive takes milliseconds, one that has gone takes for ever. */
const LIMIT_MS = 10_000;

/** Writes and removes a file, whose name a directory of the gateway has for nothing else. */
const PROGRAM = `
  const { mkdirSync, rmSync, writeFileSync } = require('node:fs');
  const { join } = require('node:path');
  const [dataDir] = process.argv.slice(1);
  try {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, 'write-check'), '');
    rmSync(join(dataDir, 'write-check'));
  } catch (error) {
    process.stdout.write(error.message);
  }
`;

/**
 * Why the gateway cannot write to its data directory, which is made if it does not exist; null if it can. A process of its own
 * tries it: a call to a disk that does not answer cannot be taken back, and this process could not even end.
 */
export async function dataDirFault(dataDir: string, limitMs = LIMIT_MS): Promise<string | null> {
  const child = spawn(process.execPath, ['--eval', PROGRAM, dataDir], {
    env: {},
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const timer = new AbortController();
  const fault = await Promise.race([
    text(child.stdout),
    // The process could not be started.
    new Promise<string>((resolve) => {
      child.once('error', (error) => {
        resolve(error.message);
      });
    }),
    sleep(limitMs, `nothing could be written within ${limitMs / 1_000} seconds`, timer),
  ]);
  timer.abort();
  child.kill('SIGKILL');
  child.stdout.destroy();
  child.unref();
  return fault === ''
    ? null
    : `DATA_DIR: expected a directory that can be written, ${dataDir}; got: ${fault}`;
}
