import { createRequire } from 'node:module';
import path from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';

// The test processes and the gateways that they start load the same packages a hundred times: compiled once. They inherit it.
process.env['NODE_COMPILE_CACHE'] ??= path.resolve('.cache/compiled');

/** Tests that leave nothing behind in their process: their files share it, and load the code once. */
const SHARED = [
  'test/{config,deploy,gateway,http,lanes,metrics,resolvers,sandbox,schema,services,store}/**/*.test.ts',
  'test/*.test.ts',
];

/** Settings of every test. */
export const settings = {
  environment: 'node' as const,
  pool: 'forks' as const,
  // Files run side by side: what takes a moment alone takes seconds then. Nothing is told by how long it took.
  testTimeout: 60_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 15_000 } },
  // A test that passes the second time is a failing test; one singled out with .only hides the others.
  retry: 0,
  allowOnly: false,
  globalSetup: ['test/support/globalSetup.ts'],
};

export const resolve = {
  // graphql refuses schemas built by a second copy of itself, and vitest would load both its files, .js and .mjs.
  alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }],
};

export default defineConfig({
  test: {
    projects: [
      { resolve, test: { ...settings, name: 'shared', include: SHARED, isolate: false } },
      {
        resolve,
        test: {
          ...settings,
          name: 'own',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...SHARED],
        },
      },
    ],
    // Most of a test's time is waiting, for processes, sockets and pauses: three side by side, on two cores as well.
    maxWorkers: 3,
    passWithNoTests: false,
    // .ci/run takes its totals from the file.
    reporters: ['default', ['json', { outputFile: '.cache/vitest.json' }]],
  },
});
