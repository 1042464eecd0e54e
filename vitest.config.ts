import { createRequire } from 'node:module';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

// The test processes and the gateways that they start load the same packages a hundred times: compiled once. They inherit it.
process.env['NODE_COMPILE_CACHE'] ??= path.resolve('.cache/compiled');

export default defineConfig({
  resolve: {
    // graphql refuses schemas built by a second copy of itself, and vitest would load both its files, .js and .mjs.
    alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }],
  },
  test: {
    environment: 'node',
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/globalSetup.ts'],
    pool: 'forks',
    // Most of a test's time is waiting, for processes, sockets and pauses: three side by side, on two cores as well.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Files run side by side: what takes a moment alone takes seconds then. Nothing is told by how long it took.
    expect: { poll: { timeout: 15_000 } },
    // A test that passes the second time is a failing test; one singled out with .only hides the others.
    retry: 0,
    allowOnly: false,
    passWithNoTests: false,
    // .ci/run takes its totals from the file.
    reporters: ['default', ['json', { outputFile: '.cache/vitest.json' }]],
  },
});
