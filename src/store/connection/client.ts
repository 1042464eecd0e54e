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
 * Connections for reads and for the writes of callers. A mutation needs one for a few milliseconds, so these serve hundreds of
 * callers. src/app/databaseConnections.ts has the sum of all connections.
 */
export const RECORD_CONNECTIONS = 5;

/** Connections of the lanes' workers: however many calls leave and are answered, no statement of a caller waits behind theirs. */
export const LANE_CONNECTIONS = 3;

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

/** Prisma's client, and a faster way for the statements that are run most: decisions 0026 and 0043. */
export type GatewayPrisma = PrismaClient & {
  /** The rows of the answer, as pg reads them, in half the time of `$queryRaw`. */
  $rows<Row>(statement: Statement): Promise<Row[]>;
  /** The one row of an answer. */
  $readRow<Row>(statement: Statement): Promise<Row>;
};

/** The gateway's connections to its record. */
export interface Database {
  readonly prisma: GatewayPrisma;
  /** The same tables, through the connections of the lanes. */
  readonly lanePrisma: GatewayPrisma;
  /** Calls the listener with each SQL statement of both clients, until the returned function is called. */
  onStatement(listener: (sql: string) => void): () => void;
  readonly cancellable: Cancellable;
  /** For statements of libraries that know pg only. */
  readonly pool: pg.Pool;
  /** Null when the database takes writes; else the reason, in a few words. */
  notReady(): Promise<string | null>;
  /** Replaces the connections made before this time (`performance.now`): their server is gone. Their statements fail. */
  dropConnections(madeBefore: number): void;
  /** The connections of both now. */
  poolGauge(): PoolGauge;
  close(): Promise<void>;
}

/** What is known of the database beside its address. */
export interface DatabaseUse {
  /** Of the tables: Prisma writes it into its statements. */
  readonly schema?: string;
  /** Of the address. Without a session, the role has the settings that SET would make. */
  readonly abilities?: SessionAbilities;
  /** An address of the same database that keeps sessions, for the lanes. */
  readonly direct?: DatabaseAddress;
}

/** Opens the record's database. Connections are made when first needed. */
export function openDatabase(
  address: DatabaseAddress,
  { schema = address.schema ?? 'public', abilities = FULL_SESSION, direct = address }: DatabaseUse = {},
): Database {
  const listeners = new Set<(sql: string) => void>();
  const onSend = (sql: string): void => {
    for (const listener of listeners) {
      listener(sql);
    }
  };
  const record = openConnections(address, schema, { abilities, most: RECORD_CONNECTIONS, onSend });
  const lanes = openConnections(direct, schema, {
    abilities: FULL_SESSION,
    most: LANE_CONNECTIONS,
    onSend,
    byKey: true,
  });
  const both = [record, lanes];
  const sum = (count: (pool: pg.Pool) => number): number =>
    both.reduce((total, { pool }) => total + count(pool), 0);
  return {
    prisma: record.prisma,
    lanePrisma: lanes.prisma,
    onStatement(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    cancellable: record.pool.cancellable,
    pool: record.pool,
    notReady: () => whyNotReady(record.pool),
    dropConnections(madeBefore) {
      for (const { pool } of both) {
        pool.dropConnections(madeBefore);
      }
    },
    poolGauge: () => ({
      total: sum(({ totalCount }) => totalCount),
      idle: sum(({ idleCount }) => idleCount),
      waiting: sum(({ waitingCount }) => waitingCount),
    }),
    async close() {
      await Promise.all(both.map(({ close }) => close()));
    },
  };
}

/** A pool of connections, and Prisma's client that uses it. */
interface Connections {
  readonly pool: CancellablePool;
  readonly prisma: GatewayPrisma;
  close(): Promise<void>;
}

/** What the connections are for. */
interface ConnectionUse {
  readonly abilities: SessionAbilities;
  readonly most: number;
  /** Told of each statement. */
  readonly onSend: (sql: string) => void;
  /** Whether their statements find every row by key. */
  readonly byKey?: boolean;
}

function openConnections(address: DatabaseAddress, schema: string, use: ConnectionUse): Connections {
  const pool = createPool(address, use);
  const prisma = createPrisma(pool, schema, use.abilities);
  prisma.$on('query', ({ query }) => {
    use.onSend(query);
  });
  return {
    pool,
    prisma: extend(prisma, (statement) => {
      use.onSend(statement.text);
      return rowsOf(pool, statement);
    }),
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

function createPool(
  address: DatabaseAddress,
  { abilities, most, byKey = false }: ConnectionUse,
): CancellablePool {
  const { keepsSession, keepsPrepared } = abilities;
  const verify = sessionPreparer(address, { statementTimeoutMs: STATEMENT_TIMEOUT_MS, byKey });
  const config: pg.PoolConfig = {
    ...clientConfig(address, 'membership-gateway'),
    max: most,
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

/** The client with `$rows` and `$readRow`, and with errors as callers see them. The types of its operations stay as they are. */
function extend(
  prisma: ReturnType<typeof createPrisma>,
  $rows: (statement: Statement) => Promise<object[]>,
): GatewayPrisma {
  return prisma.$extends({
    client: {
      $rows,
      async $readRow(statement: Statement): Promise<object> {
        const [row, ...others] = await $rows(statement);
        if (row === undefined || others.length > 0) {
          throw new Error(`expected one row, got ${row === undefined ? 0 : others.length + 1}`);
        }
        return row;
      },
    },
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

async function rowsOf(pool: pg.Pool, { text, values }: Statement): Promise<object[]> {
  const name = nameOf(text);
  try {
    const { rows } = await pool.query<object>({ text, values, ...(name === undefined ? {} : { name }) });
    return rows;
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
