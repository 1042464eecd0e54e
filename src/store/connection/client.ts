import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { type Prisma, PrismaClient } from '../../generated/client.js';
import type { Cancellable } from '../../ports/cancellable.js';
import type { DatabaseAddress } from '../../ports/databaseAddress.js';
import type { PoolGauge } from '../../ports/gauges.js';
import { CancellablePool } from './cancellation.js';
import { clientConfig, sessionPreparer } from './clientConfig.js';
import { isReadOnly } from './readOnly.js';
import type { SessionAbilities } from './sessionCheck.js';
import { READ_ONLY, translateDatabaseError, whyUnavailable } from './unavailable.js';

/**
 * Connections for ordinary reads and writes. A lane needs one at a time and a mutation one for a few milliseconds, so
 * these serve hundreds of callers. src/app/databaseConnections.ts has the sum of all connections.
 */
export const RECORD_CONNECTIONS = 6;

/** Longest that PostgreSQL may run a statement: the insertion of a request of 10,000 accounts takes well under 5 s. */
const STATEMENT_TIMEOUT_MS = 30_000;

/** Longest wait for the answer to a statement, for a network that loses it. Longer than PostgreSQL's own limit. */
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5_000;

/** Longest wait for a connection, a free one or a new one. */
const CONNECTION_TIMEOUT_MS = 10_000;

/** What PostgreSQL itself keeps. */
const FULL_SESSION: SessionAbilities = { keepsSession: true, keepsPrepared: true };

/** The comment that has a statement prepared once per connection: to plan it costs as much as to run it. */
const PREPARED = /^\s*\/\* prepared: (\w+) \*\//;

/** A statement with its values, as Prisma.sql writes it. */
type Statement = Pick<Prisma.Sql, 'text' | 'values'>;

/** Prisma's client, and a faster way for statements that answer with one row: decision 0026. */
export type GatewayPrisma = PrismaClient & {
  /** The one row of the answer, as pg reads it, in half the time of `$queryRaw`. */
  $readRow<Row>(statement: Statement): Promise<Row>;
};

/** The gateway's connections to its record. */
export interface Database {
  readonly prisma: GatewayPrisma;
  /** Calls the listener with each SQL statement of this client, until the returned function is called. */
  onStatement(listener: (sql: string) => void): () => void;
  readonly cancellable: Cancellable;
  /** For statements of libraries that know pg only. */
  readonly pool: pg.Pool;
  /** Null when the database takes writes; else the reason, in a few words. */
  notReady(): Promise<string | null>;
  /** Replaces the connections made before this time (`performance.now`): their server is gone. Their statements fail. */
  dropConnections(madeBefore: number): void;
  /** The connections of the pool now. */
  poolGauge(): PoolGauge;
  close(): Promise<void>;
}

/**
 * Opens the record's database. Connections are made when first needed.
 *
 * @param schema of the tables: Prisma writes it into its statements.
 * @param abilities of the address. Without a session, the role has the settings that SET would make.
 */
export function openDatabase(
  address: DatabaseAddress,
  schema = address.schema ?? 'public',
  abilities: SessionAbilities = FULL_SESSION,
): Database {
  const pool = createPool(address, abilities);
  const prisma = createPrisma(pool, schema, abilities);
  const listeners = new Set<(sql: string) => void>();
  const onSend = (sql: string): void => {
    for (const listener of listeners) {
      listener(sql);
    }
  };
  prisma.$on('query', ({ query }) => {
    onSend(query);
  });
  return {
    prisma: extend(prisma, (statement) => {
      onSend(statement.text);
      return readRow(pool, statement);
    }),
    onStatement(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    cancellable: pool.cancellable,
    pool,
    notReady: () => whyNotReady(pool),
    dropConnections: (madeBefore) => {
      pool.dropConnections(madeBefore);
    },
    poolGauge: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

function createPool(
  address: DatabaseAddress,
  { keepsSession, keepsPrepared }: SessionAbilities,
): CancellablePool {
  const verify = sessionPreparer(address, { statementTimeoutMs: STATEMENT_TIMEOUT_MS });
  const config: pg.PoolConfig = {
    ...clientConfig(address, 'membership-gateway'),
    max: RECORD_CONNECTIONS,
    query_timeout: ANSWER_TIMEOUT_MS,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    ...(keepsSession ? { verify } : {}),
  };
  return new CancellablePool(config, keepsPrepared);
}

function createPrisma(pool: pg.Pool, schema: string, { keepsPrepared }: SessionAbilities) {
  const adapter = new PrismaPg(pool, {
    schema,
    // Had Prisma ended the pool, a statement that comes later would open a pool that nothing closes.
    disposeExternalPool: false,
    statementNameGenerator: ({ sql }) => (keepsPrepared ? (nameOf(sql) ?? '') : ''),
  });
  return new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] });
}

/** The client with `$readRow`, and with errors as callers see them. The types of its operations stay as they are. */
function extend(
  prisma: ReturnType<typeof createPrisma>,
  $readRow: (statement: Statement) => Promise<unknown>,
): GatewayPrisma {
  return prisma.$extends({
    client: { $readRow },
    query: {
      async $allOperations({ args, query }) {
        try {
          return (await query(args)) as unknown;
        } catch (error) {
          throw translateDatabaseError(error);
        }
      },
    },
  }) as unknown as GatewayPrisma;
}

async function readRow(pool: pg.Pool, { text, values }: Statement): Promise<unknown> {
  const name = nameOf(text);
  try {
    const { rows } = await pool.query<object>({ text, values, ...(name === undefined ? {} : { name }) });
    if (rows.length !== 1) {
      throw new Error(`expected one row, got ${rows.length}`);
    }
    return rows[0];
  } catch (error) {
    throw translateDatabaseError(error);
  }
}

async function whyNotReady(pool: pg.Pool): Promise<string | null> {
  try {
    return (await isReadOnly(pool)) ? READ_ONLY : null;
  } catch (error) {
    return whyUnavailable(error);
  }
}

/** The name under which a statement is prepared; undefined for one that is planned each time. */
function nameOf(sql: string): string | undefined {
  return PREPARED.exec(sql)?.[1];
}
