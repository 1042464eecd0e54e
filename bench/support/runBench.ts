import { createClosers, type Closers } from '../../src/closers.js';
import { createLog } from '../../src/log.js';
import { saveResults } from './report.js';

/**
 * Runs one bench as a program: saves what it returns under its name, and closes all it opened, however it ends.
 *
 * @param measure opens what it needs, registers each closer, and returns the figures.
 */
export async function runBench(name: string, measure: (closers: Closers) => Promise<object>): Promise<void> {
  const closers = createClosers(createLog('warn'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // Not once: under npm and tsx a signal arrives twice, and the second would end the process before all is closed.
    process.on(signal, () => {
      void closers.closeAll().then(() => process.exit(1));
    });
  }
  console.log(`bench ${name}`);
  try {
    saveResults(name, await measure(closers));
  } finally {
    await closers.closeAll();
  }
}
