import { createHash, randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import path from 'node:path';
import { type Environment, readPrivateFile, writePrivateFile } from './profiles.js';

/** As many runs as are remembered. */
const MAX_RUNS = 200;

interface Run {
  /** The SHA-256 of the gateway, the mutation and its input. */
  readonly input: string;
  readonly key: string;
  readonly at: string;
}

/** `runs.json` in MGW_CONFIG_DIR, else in `mgw` of XDG_STATE_HOME, else in ~/.local/state/mgw. */
function runsFile(env: Environment): string {
  const home = path.join(env['XDG_STATE_HOME'] || path.join(homedir(), '.local', 'state'), 'mgw');
  return path.join(env['MGW_CONFIG_DIR'] || home, 'runs.json');
}

/**
 * The idempotency key of this run, which is on disk before anything is sent. With `resume` it is the key of the last run
 * with the same gateway, mutation and input, so that the gateway finds that run's request.
 */
export async function keyOfRun(
  env: Environment,
  run: { readonly input: unknown; readonly resume: boolean },
): Promise<{ key: string; resumed: boolean }> {
  const file = runsFile(env);
  const input = createHash('sha256').update(JSON.stringify(run.input)).digest('hex');
  const runs = await readRuns(file);
  const last = run.resume ? runs.findLast((earlier) => earlier.input === input) : undefined;
  if (last !== undefined) {
    return { key: last.key, resumed: true };
  }
  const key = randomUUID();
  const kept = [...runs, { input, key, at: new Date().toISOString() }].slice(-MAX_RUNS);
  await writePrivateFile(file, `${JSON.stringify(kept, null, 1)}\n`);
  return { key, resumed: false };
}

async function readRuns(file: string): Promise<readonly Run[]> {
  const text = await readPrivateFile(file);
  if (text === null) {
    return [];
  }
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? (value as Run[]) : [];
  } catch {
    return [];
  }
}
