import type { Log } from '../../log.js';

/** How often the tasks run, in milliseconds; each is idempotent, so replicas need not agree on who does it. */
const INTERVAL_MS = 10 * 60_000;

/** The periodic tasks, by name. */
export type HousekeepingTasks = Readonly<Record<string, () => Promise<unknown>>>;

/** Runs the tasks now and every ten minutes. A task that fails is logged, and runs again in the next round. */
export function startHousekeeping(tasks: HousekeepingTasks, log: Log): { stop(): Promise<void> } {
  let round = Promise.resolve();

  const runAll = async (): Promise<void> => {
    for (const [task, run] of Object.entries(tasks)) {
      await run().catch((error: unknown) => {
        log.warn({ err: error, task }, 'housekeeping failed');
      });
    }
  };

  const start = (): void => {
    round = round.then(runAll);
  };
  start();
  const timer = setInterval(start, INTERVAL_MS);
  return {
    stop() {
      clearInterval(timer);
      return round;
    },
  };
}
