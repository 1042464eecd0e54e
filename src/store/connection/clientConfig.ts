import type { ConnectionOptions } from 'node:tls';
import type pg from 'pg';
import type { DatabaseAddress } from '../../ports/databaseAddress.js';

/** The part of pg's configuration that an address decides. */
export type ConnectionConfig = Omit<
  DatabaseAddress,
  'variable' | 'schema' | 'caFile' | 'iamRegions' | 'tls' | 'isTlsDirect' | 'password'
> & {
  /** pg calls the function with its own parameters of the connection, though its types do not say so. */
  readonly password?: string | (() => Promise<string>);
  readonly ssl?: ConnectionOptions | false;
  readonly sslnegotiation?: 'direct';
  readonly application_name: string;
  readonly keepAlive: true;
};

/** The settings of a session that the gateway sets itself. */
export interface SessionSettings {
  /**
   * Longest that PostgreSQL may run a statement, in milliseconds; 0: no limit, also if the role has one. With either, a statement
   * uses one core: no parallel workers.
   */
  readonly statementTimeoutMs?: number;
  /** Whether the statements find every row by key: then PostgreSQL plans them so, with any statistics. */
  readonly byKey?: boolean;
}

/**
 * One plan for any values, by look-ups in indexes. Statistics of a moment when the tables were small would have PostgreSQL read
 * them whole, and plan each statement anew until its first plans, which looked cheap, are a small part of the average.
 */
const BY_KEY = [
  'SET plan_cache_mode TO force_generic_plan',
  ...['seqscan', 'hashjoin', 'mergejoin'].map((way) => `SET enable_${way} TO off`),
  'SET jit TO off',
];

/** pg's configuration of a connection to this address. */
export function clientConfig(
  {
    variable: _variable,
    schema: _schema,
    caFile: _caFile,
    iamRegions: _regions,
    tls,
    isTlsDirect,
    password,
    ...server
  }: DatabaseAddress,
  applicationName: string,
): ConnectionConfig {
  return {
    ...server,
    ...(password === undefined ? {} : { password: password as string | (() => Promise<string>) }),
    ...(tls === undefined ? {} : { ssl: tls }),
    ...(isTlsDirect ? { sslnegotiation: 'direct' } : {}),
    application_name: applicationName,
    keepAlive: true,
  };
}

/**
 * Sets the session of a new connection. SET, and not parameters of the start of the connection: PgBouncer refuses those that it
 * does not know.
 */
export async function prepareSession(
  client: pg.ClientBase,
  { schema }: DatabaseAddress,
  { statementTimeoutMs, byKey = false }: SessionSettings = {},
): Promise<void> {
  const settings = [
    ...(schema === null ? [] : [`SET search_path TO "${schema}"`]),
    // Statements of callers: each uses one core, so that those of others have the rest.
    ...(statementTimeoutMs === undefined
      ? []
      : [`SET statement_timeout TO ${statementTimeoutMs}`, 'SET max_parallel_workers_per_gather TO 0']),
    ...(byKey ? BY_KEY : []),
  ];
  if (settings.length > 0) {
    await client.query(settings.join('; '));
  }
}

/** `verify` of a pool: the pool hands a new connection out when its session is prepared. */
export function sessionPreparer(
  address: DatabaseAddress,
  settings?: SessionSettings,
): NonNullable<pg.PoolConfig['verify']> {
  return (client, done) => {
    prepareSession(client, address, settings).then(() => {
      done();
    }, done);
  };
}
