import { describe, expect, it } from 'vitest';
import type { Caller } from '../../../src/membership.js';
import { createCharge } from '../../../src/services/access/budget.js';

const CALLER: Caller = { id: 'a', kind: 'TOKEN', role: 'VIEWER', administrators: null, origin: null };

/** Budgets of this number of points in a store whose statements take an iteration of the event loop. */
function budgetOf(points: number) {
  const statements: number[] = [];
  let spent = 0;
  const store = {
    async consume(_key: string, consumed: number) {
      statements.push(consumed);
      spent += consumed;
      const remaining = points - spent;
      await new Promise((resolve) => setImmediate(resolve));
      return { remaining, resetMs: 60_000 };
    },
    async refund(_key: string, refunded: number) {
      spent -= refunded;
    },
  };
  const charge = createCharge(store, { points, windowSeconds: 60 }, (error) => {
    throw error;
  });
  return { charge, statements, spent: () => spent };
}

describe('the budget of a caller', () => {
  it('is counted by one statement at a time, however many operations are charged at once', async () => {
    const { charge, statements, spent } = budgetOf(1_000_000);
    const all = await Promise.all(Array.from({ length: 500 }, () => charge(CALLER, 200)));
    expect(statements).toEqual([200, 499 * 200]);
    expect(spent()).toBe(100_000);
    // In order, as if each had been counted alone.
    expect(all.map((budget) => budget?.remaining)).toEqual(
      Array.from({ length: 500 }, (_, index) => 1_000_000 - 200 * (index + 1)),
    );
  });

  it('refuses the operations that it has no points for, and admits those before', async () => {
    const { charge, spent } = budgetOf(1_000);
    const all = await Promise.allSettled(Array.from({ length: 4 }, () => charge(CALLER, 400)));
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    await expect(charge(CALLER, 0)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(spent()).toBeGreaterThanOrEqual(1_000);
  });

  it('does not lose the points of work that has not begun', async () => {
    const { charge, spent } = budgetOf(1_000);
    const all = await Promise.allSettled(Array.from({ length: 3 }, () => charge(CALLER, 400, 'IF_ENOUGH')));
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(spent()).toBe(800);
  });
});
