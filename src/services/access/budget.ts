import { GatewayError } from '../../errors.js';
import type { Caller } from '../../membership.js';
import type { BudgetStore } from '../../ports/budget.js';
import { callerKey } from '../callerKey.js';

/** An operation of fewer points does not wait for the store: its points are counted a moment later, with others. */
const SMALL_POINTS = 100;

/** Most callers whose budgets a process caches; at one more the cache is emptied. */
const MAX_CACHED_CALLERS = 10_000;

/** The budget of a caller, as this process knows it. */
export interface Budget {
  readonly remaining: number;
  /** Seconds until the window ends and the budget is full again. */
  readonly resetSeconds: number;
}

/**
 * Spends points of a caller and resolves with its budget; null for a caller without a limit. Rejects with `RATE_LIMITED` when
 * the budget has fewer points, and with `LIMIT_EXCEEDED` when even a full one has fewer.
 *
 * `ALWAYS`, the default, spends the points also when it rejects: work was done before the charge. `IF_ENOUGH` spends nothing
 * then: the work has not begun.
 */
export type Charge = (
  caller: Caller,
  points: number,
  spend?: 'ALWAYS' | 'IF_ENOUGH',
) => Promise<Budget | null>;

interface Limit {
  readonly points: number;
  readonly windowSeconds: number;
}

interface CachedBudget {
  /** Less what was spent here and is not yet counted in the store. */
  remaining: number;
  /** Milliseconds since 1970. */
  resetAt: number;
  /** What was spent here and is not yet counted, in order. */
  uncounted: Spending[];
  /** Whether a loop is counting it. */
  isCounting: boolean;
}

interface Spending {
  readonly points: number;
  /** Gets what remains after it; null when the store failed. */
  readonly counted: (remaining: number | null) => void;
}

/**
 * Budgets in points per window, counted in `store` for all replicas. The local caller has no limit: it uses the machine
 * itself. A failure of the store stops no caller: the operation needs the same database, and its error says more.
 */
export function createCharge(store: BudgetStore, limit: Limit, onFailure: (error: unknown) => void): Charge {
  const budgetOf = createBudgetCache(limit);
  const spend = createSpend(store, onFailure);

  return async (caller, points, when = 'ALWAYS') => {
    if (caller.kind === 'LOCAL') {
      return null;
    }
    const key = callerKey(caller);
    const budget = budgetOf(key);
    if (when === 'IF_ENOUGH' && budget.remaining < points) {
      throw points > limit.points ? aboveBudget(limit, points) : budgetSpent(limit, points, budget);
    }
    const remaining = await spend(key, budget, points);
    if (remaining < 0) {
      if (when === 'IF_ENOUGH') {
        // Race: other operations, here or in another replica, have spent the rest during the statement.
        budget.remaining += points;
        await store.refund(key, points).catch(onFailure);
      }
      throw budgetSpent(limit, points, { ...budget, remaining: remaining + points });
    }
    return { remaining, resetSeconds: secondsToReset(budget) };
  };
}

/** Resolves with what remains of the budget, once the points are spent; less than 0 when it had fewer. */
type Spend = (key: string, budget: CachedBudget, points: number) => Promise<number>;

/** One statement for each caller at a time counts all that was spent during the one before. */
function createSpend(store: BudgetStore, onFailure: (error: unknown) => void): Spend {
  const count = async (key: string, budget: CachedBudget): Promise<void> => {
    const batch = budget.uncounted.splice(0);
    try {
      const counted = await store.consume(key, pointsIn(batch));
      // Other operations may have spent points during the statement.
      budget.remaining = counted.remaining - pointsIn(budget.uncounted);
      budget.resetAt = Date.now() + counted.resetMs;
      batch.reduceRight((remaining, spending) => {
        spending.counted(remaining);
        return remaining + spending.points;
      }, counted.remaining);
    } catch (error) {
      onFailure(error);
      for (const spending of batch) {
        spending.counted(null);
      }
    }
  };

  const countAll = async (key: string, budget: CachedBudget): Promise<void> => {
    if (budget.isCounting) {
      return;
    }
    budget.isCounting = true;
    while (budget.uncounted.length > 0) {
      await count(key, budget);
    }
    budget.isCounting = false;
  };

  const spendFrom = (key: string, budget: CachedBudget, spending: Spending): void => {
    budget.remaining -= spending.points;
    budget.uncounted.push(spending);
    void countAll(key, budget);
  };

  return async (key, budget, points) => {
    if (points < SMALL_POINTS && budget.remaining >= points) {
      if (points > 0) {
        spendFrom(key, budget, { points, counted: () => undefined });
      }
      return budget.remaining;
    }
    if (budget.remaining <= 0) {
      // Known to be spent: the store is not asked again before the window ends.
      budget.remaining = Math.min(budget.remaining, -1);
      return budget.remaining;
    }
    const counted = Promise.withResolvers<number | null>();
    spendFrom(key, budget, { points, counted: counted.resolve });
    return (await counted.promise) ?? budget.remaining;
  };
}

function pointsIn(spendings: readonly Spending[]): number {
  return spendings.reduce((sum, { points }) => sum + points, 0);
}

/** The cached budget of a caller, full when the caller is new or its window has ended. */
function createBudgetCache({ points, windowSeconds }: Limit): (key: string) => CachedBudget {
  const budgets = new Map<string, CachedBudget>();
  return (key) => {
    const now = Date.now();
    const resetAt = now + windowSeconds * 1_000;
    let budget = budgets.get(key);
    if (budget === undefined) {
      if (budgets.size >= MAX_CACHED_CALLERS) {
        budgets.clear();
      }
      budget = { remaining: points, resetAt, uncounted: [], isCounting: false };
      budgets.set(key, budget);
    }
    if (now >= budget.resetAt) {
      budget.remaining = points;
      budget.resetAt = resetAt;
    }
    return budget;
  };
}

function aboveBudget({ points: maximum, windowSeconds }: Limit, actual: number): GatewayError {
  return new GatewayError(
    'LIMIT_EXCEEDED',
    `expected at most ${maximum} points in ${windowSeconds} s, got ${actual} at once: split the operation`,
    { details: { limit: 'CALLER_BUDGET', maximum, actual } },
  );
}

/** @param budget before the points were spent. */
function budgetSpent(
  { points: maximum, windowSeconds }: Limit,
  points: number,
  budget: CachedBudget,
): GatewayError {
  const retryAfterSeconds = secondsToReset(budget);
  return new GatewayError(
    'RATE_LIMITED',
    `expected at most ${maximum} points in ${windowSeconds} s, got ${points} in addition to those already spent; ` +
      `the budget is full again in ${retryAfterSeconds} s`,
    {
      details: {
        limit: 'CALLER_BUDGET',
        maximum,
        actual: maximum - budget.remaining + points,
        retryAfterSeconds,
      },
    },
  );
}

function secondsToReset({ resetAt }: CachedBudget): number {
  return Math.max(1, Math.ceil((resetAt - Date.now()) / 1_000));
}
