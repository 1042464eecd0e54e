import { setTimeout as sleep } from 'node:timers/promises';

/** Time between two looks at the clock, which may be set back during a wait, in milliseconds. */
const TICK_MS = 50;

/** The time of a plan, in milliseconds since its beginning. It stands still while trouble waits for something to kill. */
export interface Clock {
  now(): number;
  until(at: number): Promise<void>;
  /** Sets it back to `at`, if it is later than that. */
  setBack(at: number): void;
}

export function startClock(): Clock {
  let startedAt = performance.now();
  const now = (): number => performance.now() - startedAt;
  return {
    now,
    async until(at) {
      while (now() < at) {
        await sleep(Math.max(0, Math.min(at - now(), TICK_MS)));
      }
    },
    setBack(at) {
      startedAt += Math.max(0, now() - at);
    },
  };
}
