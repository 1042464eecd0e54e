import { it } from 'vitest';

/** Whether this is `npm run test:long`. */
const IS_LONG = process.env['TEST_LENGTH'] === 'long';

/** The size of a loop over cases or random draws: the first in `npm test`, the second in `npm run test:long`. */
export function byRunLength(short: number, long: number): number {
  return IS_LONG ? long : short;
}

/** Defines a test of `npm run test:long` alone: one that takes many seconds, beside one of `npm test` that is like it. */
export function inLongRun(name: string, test: () => Promise<void>): void {
  if (IS_LONG) {
    it(name, test);
  }
}
