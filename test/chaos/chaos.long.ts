import { it } from 'vitest';
import { CHAOS_TIMEOUT_MS, expectTruth } from './expectTruth.js';

it.each([
  [55, 4, 2_500],
  [82, 4, 2_500],
  [7, 30, 6_000],
])(
  'gateways and PostgreSQL, killed at random moments, leave a record that agrees with what the services saw: seed %i, %i kills',
  { timeout: 2 * CHAOS_TIMEOUT_MS },
  async (seed, kills, longestPauseMs) => {
    await expectTruth(seed, { kills, longestPauseMs });
  },
);
