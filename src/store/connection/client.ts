import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { type Prisma, PrismaClient } from '../../generated/client.js';
import type { Cancellable } from '../../ports/cancellable.js';
import type { PoolGauge } from '../../ports/gauges.js';
import { createCanceller, makeCancellable } from './cancellation.js';
import { asCallersSeeIt } from './unavailable.js';

/**
 * Connections a gateway process keeps for ordinary reads and writes. A lane needs one at a time and a mutation one
 * for a few milliseconds, so a handful serves hundreds of callers; PostgreSQL's default of 100 then holds several
 * replicas.
 */
const POOL_SIZE = 10;

/** Longest any one statement may take before PostgreSQL ends it: accepting 10,000 accounts takes well under 5 s. */
const STATEMENT_TIMEOUT_MS = 30_000;

/** Longest wait for the answer to a statement: a network that swallows it tells nobody. Beyond PostgreSQL's own limit. */
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5_000;

/** Longest wait for a connection, a free one or a new one. */
const CONNECTION_TIMEOUT_MS = 10_000;

/** How a hot statement asks to be prepared once per connection: planning these costs as much as running them. */
const PREPARED = /^\s*\/\* prepared: (\w+) \*\//;

/** Prisma's client, with a way past it for reads whose answer is one row: decision 0026. */
export type GatewayPrisma = PrismaClient & {
  /** The row that a statement answers with, as pg reads it, in half the time that `$queryRaw` takes. */
  $readRow<Row>(statement: Pick<Prisma.Sql, 'text' | 'values'>): Promise<Row>;
};

/** The gateway's connection to its record. */
export interface Database {
  readonly prisma: GatewayPrisma;
  /** Tells of every SQL statement that leaves the process through this client, until the function returned is called. */
  onStatement(listener: (sql: string) => void): () => void;
  /** Runs a read so that its statements are cancelled when the signal aborts, but for those in transactions. */
  readonly cancellable: Cancellable;
  /** Its connections now. */
  pool(): PoolGauge;
  close(): Promise<void>;
}

/** Opens the record's database; connections are made when first needed. */
export function openDatabase(databaseUrl: string): Database {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: POOL_SIZE,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'membership-gateway',
  });
  // The pool hands a connection out a moment before whoever asked for it listens, and stops listening itself. A server
  // that dies in that moment would end this process; what is asked of such a connection then fails by itself.
  pool.on('connect', (connection) => connection.on('error', () => undefined));
  const canceller = createCanceller(databaseUrl);
  const cancellable = makeCancellable(pool, canceller);
  const adapter = new PrismaPg(pool, {
    disposeExternalPool: true,
    statementNameGenerator: ({ sql }) => PREPARED.exec(sql)?.[1] ?? '',
  });
  const prisma = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] });
  const listeners = new Set<(sql: string) => void>();
  prisma.$on('query', (event) => {
    for (const listener of listeners) {
      listener(event.query);
    }
  });
  const readRow = async ({ text, values }: Pick<Prisma.Sql, 'text' | 'values'>): Promise<unknown> => {
    for (const listener of listeners) {
      listener(text);
    }
    const name = PREPARED.exec(text)?.[1];
    try {
      const { rows } = await pool.query<object>({ text, values, ...(name === undefined ? {} : { name }) });
      if (rows.length !== 1) {
        throw new Error(`expected one row, got ${rows.length}`);
      }
      return rows[0];
    } catch (error) {
      throw asCallersSeeIt(error);
    }
  };
  // Typed as what it extends: only the errors of its operations differ.
  const extended = prisma.$extends({
    client: { $readRow: readRow },
    query: {
      async $allOperations({ args, query }) {
        try {
          return (await query(args)) as unknown;
        } catch (error) {
          throw asCallersSeeIt(error);
        }
      },
    },
  }) as unknown as GatewayPrisma;
  return {
    prisma: extended,
    onStatement(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    cancellable,
    pool: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    async close() {
      await prisma.$disconnect();
      await canceller.close();
    },
  };
}
