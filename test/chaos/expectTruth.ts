import { expect } from 'vitest';
import { runChaos, type ChaosResult } from './runChaos.js';

/** Longest that everything may take to finish after the last fault, in milliseconds: many times what a quiet machine takes. */
const CALM_LIMIT_MS = 180_000;

/** A test's time limit, in milliseconds. */
export const CHAOS_TIMEOUT_MS = 2 * CALM_LIMIT_MS;

/** Runs the plan of a seed. Expects all kills to happen and a record that agrees with the log of the services. */
export async function expectTruth(
  seed: number,
  { kills, longestPauseMs }: { readonly kills: number; readonly longestPauseMs: number },
): Promise<ChaosResult> {
  const happened: string[] = [];
  const result = await runChaos({
    seed,
    kills,
    replicas: 2,
    longestPauseMs,
    hangs: false,
    calmLimitMs: CALM_LIMIT_MS,
    say: (what) => happened.push(what),
  });
  const { violations, ownEnds, client, troubles, figures } = result;
  expect({ violations, ownEnds, unforeseen: client.unforeseen }, happened.join('\n')).toEqual({
    violations: [],
    ownEnds: [],
    unforeseen: [],
  });
  const { KILL_GATEWAY, KILL_ALL_GATEWAYS, KILL_POSTGRES, FAIL_OVER } = troubles;
  expect(KILL_GATEWAY + KILL_ALL_GATEWAYS + KILL_POSTGRES + FAIL_OVER).toBe(kills);
  expect(figures.requests).toBeGreaterThan(5);
  return result;
}
