import { GatewayError } from '../../errors.js';
import type { Caller } from '../../membership.js';
import type { BudgetStore } from '../../ports/budget.js';

/** Operations below this many points do not wait for the count: what they cost is taken a moment later, together. */
const SMALL_POINTS = 100;

/** Most callers whose budgets a process remembers; beyond, all are forgotten and asked for anew. */
const CALLERS_REMEMBERED = 10_000;

/** What a caller has left, as last heard. */
export interface Budget {
  readonly remaining: number;
  /** When the window ends and the budget is whole again. */
  readonly resetSeconds: number;
}

/** Lets a caller spend points; rejects with `RATE_LIMITED` when it has none left. Null: this caller has no limit. */
export type Charge = (caller: Caller, points: number) => Promise<Budget | null>;

interface Account {
  remaining: number;
  resetAt: number;
  /** Spent, and not taken yet. */
  owed: number;
  taking: boolean;
}

/**
 * Budgets by points in a window, counted by `store` for all replicas. The local caller has none: it is whoever sits at
 * the machine. When the store fails, callers go on: what they want needs the same database, and says so better.
 */
export function createCharge(
  store: BudgetStore,
  { points: total, windowSeconds }: { points: number; windowSeconds: number },
  onFailure: (error: unknown) => void,
): Charge {
  const accounts = new Map<string, Account>();

  const accountOf = (key: string): Account => {
    const now = Date.now();
    let account = accounts.get(key);
    if (account === undefined) {
      if (accounts.size >= CALLERS_REMEMBERED) {
        accounts.clear();
      }
      account = { remaining: total, resetAt: now + windowSeconds * 1_000, owed: 0, taking: false };
      accounts.set(key, account);
    }
    if (now >= account.resetAt) {
      account.remaining = total;
      account.resetAt = now + windowSeconds * 1_000;
    }
    return account;
  };

  const take = async (key: string, account: Account, points: number): Promise<void> => {
    const taken = points + account.owed;
    account.owed = 0;
    try {
      const { remaining, resetMs } = await store.take(key, taken);
      account.remaining = remaining - account.owed;
      account.resetAt = Date.now() + resetMs;
    } catch (error) {
      onFailure(error);
    }
  };

  const takeOwed = async (key: string, account: Account): Promise<void> => {
    account.taking = true;
    while (account.owed > 0) {
      await take(key, account, 0);
    }
    account.taking = false;
  };

  return async (caller, points) => {
    if (caller.kind === 'LOCAL') {
      return null;
    }
    const key = `${caller.kind} ${caller.id}`;
    const account = accountOf(key);
    if (points < SMALL_POINTS && account.remaining >= points) {
      account.remaining -= points;
      account.owed += points;
      if (!account.taking) {
        void takeOwed(key, account);
      }
    } else {
      if (account.remaining > 0) {
        await take(key, account, points);
      } else {
        account.remaining = Math.min(account.remaining, -1);
      }
      if (account.remaining < 0) {
        throw exhausted(total, windowSeconds, points, account);
      }
    }
    return { remaining: account.remaining, resetSeconds: secondsLeft(account) };
  };
}

function exhausted(total: number, windowSeconds: number, points: number, account: Account): GatewayError {
  const retryAfterSeconds = secondsLeft(account);
  return new GatewayError(
    'RATE_LIMITED',
    `expected at most ${total} points in ${windowSeconds} s, got ${points} on top of what was spent; ` +
      `the budget is whole again in ${retryAfterSeconds} s`,
    {
      details: {
        limit: 'CALLER_BUDGET',
        maximum: total,
        actual: total - account.remaining,
        retryAfterSeconds,
      },
    },
  );
}

function secondsLeft({ resetAt }: Account): number {
  return Math.max(1, Math.ceil((resetAt - Date.now()) / 1_000));
}
