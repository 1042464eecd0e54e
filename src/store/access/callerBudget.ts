import { createHash } from 'node:crypto';
import type pg from 'pg';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { BudgetStore } from '../../ports/budget.js';

/** Longest wait for the answer to a statement, in milliseconds: an operation waits for it. It usually takes less than 1 ms. */
const STATEMENT_TIMEOUT_MS = 5_000;

/** Budgets in PostgreSQL, by rate-limiter-flexible: one row per caller, shared by all replicas. */
export function createCallerBudget(
  pool: pg.Pool,
  { points, windowSeconds }: { points: number; windowSeconds: number },
): BudgetStore {
  const limiter = new RateLimiterPostgres({
    storeClient: {
      query: (statement: pg.QueryConfig) => pool.query(withTimeout(statement)),
    },
    storeType: 'pool',
    tableName: 'caller_budget',
    // A migration has created it.
    tableCreated: true,
    keyPrefix: '',
    points,
    duration: windowSeconds,
  });
  return {
    async consume(callerKey, spent) {
      const result = await limiter.consume(rowKey(callerKey), spent).catch((refused: unknown) => {
        if (refused instanceof RateLimiterRes) {
          return refused;
        }
        throw refused;
      });
      return { remaining: points - result.consumedPoints, resetMs: result.msBeforeNext };
    },
    async refund(callerKey, refunded) {
      await limiter.reward(rowKey(callerKey), refunded);
    },
  };
}

/** The key of the caller's row. The hash has a fixed length and keeps ids out of the table, which no grants protect. */
function rowKey(callerKey: string): string {
  return createHash('sha256').update(callerKey).digest('hex');
}

/** pg's own option of one statement, which @types/pg does not declare. */
function withTimeout(statement: pg.QueryConfig): pg.QueryConfig {
  return Object.assign(statement, { query_timeout: STATEMENT_TIMEOUT_MS });
}
