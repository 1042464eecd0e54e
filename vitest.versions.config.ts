import { defineConfig } from 'vitest/config';
import { resolve, settings } from './vitest.config.ts';

/** They measure what a statement reads by the planner of the newest version. */
const PLANS = 'test/**/*Plans.test.ts';

/** They send the same statements as the other tests, very often: a version takes three minutes without them. */
const REPEATED =
  'test/store/**/{history,historyFilters,boundedLists,outcomeLife,laneOrder,cancelStore,drift}.test.ts';

/** The tests that older versions of PostgreSQL run too (scripts/postgresVersions.ts). */
export default defineConfig({
  resolve,
  test: {
    ...settings,
    // The statements of the store, and all of a gateway around them: SQL that a version does not know fails here.
    include: ['test/store/**/*.test.ts', 'test/gateway/requests/mutations.test.ts'],
    exclude: [PLANS, REPEATED],
    globalSetup: ['test/support/globalSetup.ts'],
    // An older planner takes longer over some tests, and a machine may have other work.
    testTimeout: 600_000,
    maxWorkers: 3,
  },
});
