import { expect, it } from 'vitest';
import { CHAOS_TIMEOUT_MS, expectTruth } from './expectTruth.js';

/** Its four kills have every kind of victim: one gateway, both, PostgreSQL, and a primary whose standby takes over. */
const SEED = 197_323;

it(
  'two gateways and PostgreSQL, killed at random moments, leave a record that agrees with what the services saw',
  { timeout: CHAOS_TIMEOUT_MS },
  async () => {
    const { troubles } = await expectTruth(SEED, { kills: 4, longestPauseMs: 1_500 });
    expect(troubles.KILL_GATEWAY).toBeGreaterThan(0);
    expect(troubles.KILL_ALL_GATEWAYS).toBeGreaterThan(0);
    expect(troubles.KILL_POSTGRES).toBeGreaterThan(0);
    expect(troubles.FAIL_OVER).toBeGreaterThan(0);
    expect(troubles.SWITCH_OVER).toBeGreaterThan(0);
    expect(troubles.FREEZE_GATEWAY).toBeGreaterThan(0);
  },
);
