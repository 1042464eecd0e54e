import { defineConfig } from 'vitest/config';
import config from './vitest.config.ts';

/** The long forms of tests, for nightly runs: `npm run test:long`. */
export default defineConfig({
  ...config,
  test: {
    ...config.test,
    include: [
      'test/**/*.long.ts',
      // They call byRunLength.
      'test/hostile/sqlTexts.test.ts',
      'test/store/history/{boundedLists,historyFilters}.test.ts',
      'test/store/lanes/{laneOrder,laneRecord,outcomeLife}.test.ts',
      'test/store/requests/cancelStore.test.ts',
      'test/gateway/process/failover.test.ts',
    ],
    env: { TEST_LENGTH: 'long' },
    reporters: ['default'],
    testTimeout: 600_000,
  },
});
