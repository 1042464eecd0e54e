import { describe, expect, it } from 'vitest';
import { drawUpPlan } from './plan.js';

const options = { kills: 30, replicas: 3, longestPauseMs: 4_000, hangs: true };

describe('the plan of a chaos run', () => {
  it('is the same for the same seed, and another for its neighbour', () => {
    const plan = drawUpPlan({ ...options, seed: 10 });
    expect(drawUpPlan({ ...options, seed: 10 })).toEqual(plan);
    expect(drawUpPlan({ ...options, seed: 11 })).not.toEqual(plan);
  });

  it('has as many kills as were asked for, of every kind, and everything else in between', () => {
    const { troubles } = drawUpPlan({ ...options, seed: 10 });
    const kinds = Map.groupBy(troubles, ({ kind }) => kind);
    const killed = [...kinds].filter(([kind]) => kind.startsWith('KILL_') || kind === 'FAIL_OVER');
    expect(killed.reduce((sum, [, each]) => sum + each.length, 0)).toBe(30);
    expect([...kinds.keys()].sort()).toEqual([
      'CUT_OFF_GATEWAY',
      'CUT_OFF_POSTGRES',
      'FAIL_OVER',
      'FREEZE_GATEWAY',
      'KILL_ALL_GATEWAYS',
      'KILL_GATEWAY',
      'KILL_POSTGRES',
      'RESET_POSTGRES',
      'SWITCH_OVER',
      'WEATHER',
    ]);
    expect(troubles.map(({ at }) => at)).toEqual(troubles.map(({ at }) => at).sort((a, b) => a - b));
  });

  it('asks for creations, invitations, removals and retries, with keys and without, each account once', () => {
    const { mutations, cancels } = drawUpPlan({ ...options, seed: 10 });
    const requests = mutations.filter((mutation) => mutation.kind === 'REQUEST');
    expect(new Set(requests.map(({ operation }) => operation)).size).toBe(4);
    expect(requests.length).toBeLessThan(mutations.length);
    expect(new Set(mutations.map(({ idempotencyKey }) => idempotencyKey === null)).size).toBe(2);
    for (const { accountIds } of requests) {
      expect(new Set(accountIds).size).toBe(accountIds.length);
      expect(accountIds.every((id) => /^\d{12}$/.test(id))).toBe(true);
    }
    const notes = mutations.map(({ note }) => note);
    expect(new Set(notes).size).toBe(notes.length);
    expect(cancels.every(({ of }) => notes.includes(of))).toBe(true);
  });
});
