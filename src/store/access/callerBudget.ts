import { createHash } from 'node:crypto';
import pg from 'pg';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { BudgetStore } from '../../ports/budget.js';

/** Connections for budgets: a statement takes less than 1 ms. */
const POOL_SIZE = 2;

/** Longest statement, in milliseconds: an operation waits for it. */
const STATEMENT_TIMEOUT_MS = 5_000;

/** Budgets in PostgreSQL, by rate-limiter-flexible: one row per caller, shared by all replicas. */
export function openCallerBudget(
  databaseUrl: string,
  { points, windowSeconds }: { points: number; windowSeconds: number },
  onError: (error: Error) => void,
): BudgetStore {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: POOL_SIZE,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
    connectionTimeoutMillis: STATEMENT_TIMEOUT_MS,
    application_name: 'membership-gateway budgets',
  });
  // The pool replaces a broken idle connection. Without a listener the error would end the process.
  pool.on('error', onError);
  // The same for a connection that breaks while a query gets it (store/connection/client.ts).
  pool.on('connect', (connection) => connection.on('error', () => undefined));
  const limiter = new RateLimiterPostgres({
    storeClient: pool,
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
      // The hash has a fixed length and keeps names out of the table, which no grants protect.
      const key = createHash('sha256').update(callerKey).digest('hex');
      const result = await limiter.consume(key, spent).catch((refused: unknown) => {
        if (refused instanceof RateLimiterRes) {
          return refused;
        }
        throw refused;
      });
      return { remaining: points - result.consumedPoints, resetMs: result.msBeforeNext };
    },
    close: () => pool.end(),
  };
}
