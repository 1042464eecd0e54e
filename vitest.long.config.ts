import { defineConfig } from 'vitest/config';
import config from './vitest.config.ts';

/** The long forms of tests, for nightly runs: `npm run test:long`. */
export default defineConfig({
  ...config,
  test: { ...config.test, include: ['test/**/*.long.ts'], reporters: ['default'] },
});
