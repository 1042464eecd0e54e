import { globSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { resolve, settings } from './vitest.config.ts';

/** Files of `npm test` with more to run here: longer loops, and tests that take many seconds. */
const LONGER = globSync('test/**/*.test.ts').filter((file) =>
  readFileSync(file, 'utf8').includes('/support/runLength.js'),
);

/** The long forms of tests, for nightly runs: `npm run test:long`. */
export default defineConfig({
  resolve,
  test: {
    ...settings,
    include: ['test/**/*.long.ts', ...LONGER],
    env: { TEST_LENGTH: 'long' },
    testTimeout: 600_000,
    maxWorkers: 3,
  },
});
