import type { Log } from '../log.js';
import type { RetentionRun } from './retention.js';

/** Between two runs: what falls due does so at midnight, and waits for a few hours at most. */
const INTERVAL_MS = 6 * 3_600_000;

/** Runs retention now and every six hours, until `stop`, which waits for a run under way. A failed run is tried again. */
export function scheduleRetention(
  run: () => Promise<RetentionRun | null>,
  log: Log,
): { stop(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  const start = (): void => {
    running = run().then(
      (done) => {
        if (done && done.emails + done.outcomes + done.calls > 0) log.info(done, 'erased what was too old');
      },
      (error: unknown) => {
        log.warn({ err: error }, 'not erased what was too old');
      },
    );
  };
  start();
  const timer = setInterval(start, INTERVAL_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
