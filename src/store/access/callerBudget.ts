import { createHash } from 'node:crypto';
import pg from 'pg';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { BudgetStore } from '../../ports/budget.js';

/** Connections for budgets: a statement takes a fraction of a millisecond. */
const POOL_SIZE = 2;

/** Longest a statement may take, in milliseconds: an operation waits behind it. */
const STATEMENT_TIMEOUT_MS = 5_000;

/** Budgets in PostgreSQL, by rate-limiter-flexible: all replicas count in one row per caller. */
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
  // An idle connection that breaks is replaced; without a listener it would end the process.
  pool.on('error', onError);
  // Nor may one that dies as it is handed out (client.ts).
  pool.on('connect', (connection) => connection.on('error', () => undefined));
  const limiter = new RateLimiterPostgres({
    storeClient: pool,
    storeType: 'pool',
    tableName: 'caller_budget',
    // A migration made it.
    tableCreated: true,
    keyPrefix: '',
    points,
    duration: windowSeconds,
  });
  return {
    async take(callerKey, taken) {
      // A fixed length, whatever the name, and no name in a table that nobody guards.
      const key = createHash('sha256').update(callerKey).digest('hex');
      const result = await limiter.consume(key, taken).catch((refused: unknown) => {
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
