import { describe, expect, it } from 'vitest';
import { runChaos } from './runChaos.js';

/** Each holds kills of one gateway, of all, and of PostgreSQL; `npm run chaos` runs longer ones, and any seed. */
const SEEDS = [55, 82];

/** Much longer than it takes: a machine busy with other tests is slow, and a lane is taken over after seconds. */
const LIMIT_MS = 180_000;

describe('gateways and PostgreSQL killed at random moments, in bad weather', () => {
  it.each(SEEDS)(
    'leave a record that agrees with what the service saw: seed %i',
    { timeout: 2 * LIMIT_MS },
    async (seed) => {
      const happened: string[] = [];
      const result = await runChaos({
        seed,
        kills: 4,
        replicas: 2,
        longestPauseMs: 2_500,
        hangs: false,
        calmLimitMs: LIMIT_MS,
        say: (what) => happened.push(what),
      });
      const { violations, ownEnds, client, troubles, figures } = result;
      expect({ violations, ownEnds, unforeseen: client.unforeseen }, happened.join('\n')).toEqual({
        violations: [],
        ownEnds: [],
        unforeseen: [],
      });
      expect(troubles.KILL_GATEWAY + troubles.KILL_ALL_GATEWAYS + troubles.KILL_POSTGRES).toBe(4);
      expect(figures.requests).toBeGreaterThan(5);
    },
  );
});
