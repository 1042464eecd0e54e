import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownMs } from './cpu.js';

/** Cores that other programs may keep busy during a measurement. Kernel threads that write to the disk count too. */
const QUIET_CORES = 0.15;

/** Longest wait for the machine to become quiet, in milliseconds; then the measurement is made, and says so. */
const QUIET_LIMIT_MS = 60_000;

/** How often a disturbed measurement is made again before the least disturbed one counts. */
const ATTEMPTS = 3;

/** A measurement, and how many cores other programs kept busy meanwhile. */
export interface Measured<Value> {
  readonly value: Value;
  readonly foreignCores: number;
}

/**
 * Measures when nothing else runs on the machine. A measurement that others disturbed is made again; if all were, the
 * least disturbed counts. What it measures must therefore bear repetition.
 */
export async function measureQuietly<Value>(measure: () => Promise<Value>): Promise<Measured<Value>> {
  let best: Measured<Value> | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    await awaitQuiet();
    const measured = await withForeignCores(measure);
    if (best === undefined || measured.foreignCores < best.foreignCores) {
      best = measured;
    }
    if (best.foreignCores <= QUIET_CORES) {
      break;
    }
  }
  if (best === undefined) {
    throw new Error('nothing was measured');
  }
  return best;
}

async function awaitQuiet(): Promise<void> {
  const until = Date.now() + QUIET_LIMIT_MS;
  for (;;) {
    const { foreignCores } = await withForeignCores(() => sleep(500));
    if (foreignCores <= QUIET_CORES || Date.now() > until) {
      return;
    }
    await sleep(1_000);
  }
}

/** Measures, also while other programs run. */
export async function withForeignCores<Value>(measure: () => Promise<Value>): Promise<Measured<Value>> {
  const before = { at: performance.now(), busy: busyMs(), own: ownMs() };
  const value = await measure();
  const foreign = busyMs() - before.busy - (ownMs() - before.own);
  const foreignCores = Math.max(0, foreign) / (performance.now() - before.at);
  return { value, foreignCores: Math.round(foreignCores * 100) / 100 };
}

/** CPU time of the whole machine since its start. */
function busyMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
}
