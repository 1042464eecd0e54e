import type pg from 'pg';
import { createFailureLog, type Log } from '../../log.js';
import type { DatabaseAddress } from '../../ports/databaseAddress.js';
import { clientConfig, sessionPreparer } from './clientConfig.js';
import { DatabasePool } from './databasePool.js';
import { keepListening, type ListeningConnection } from './listeningConnection.js';
import { isUnreachable, translateDatabaseError } from './unavailable.js';

/** Connections of the pool: fetching jobs, heartbeats, upkeep. Each is used for some milliseconds a second. */
const POOL_SIZE = 2;

/** Most connections to PostgreSQL that the job queues of one process hold: the pool, and the listener beside it. */
export const JOB_CONNECTIONS = POOL_SIZE + 1;

/** Longest wait for a connection, in milliseconds. */
const CONNECTION_LIMIT_MS = 10_000;

/** Longest wait for the answer to a statement, for a network that loses it, in milliseconds. */
const ANSWER_LIMIT_MS = 35_000;

/** How often the listener is asked for an answer, in milliseconds: workers look for jobs every 2 seconds without it. */
const CHECK_INTERVAL_MS = 2_000;

const APPLICATION_NAME = 'membership-gateway-jobs';

/** The database of the job queues, as pg-boss wants it. */
export interface JobDatabase {
  executeSql(text: string, values?: unknown[]): Promise<pg.QueryResult<Record<string, unknown>>>;
  listen(
    channel: string,
    onNotification: (payload: string) => void,
    onReconnect: () => void,
  ): Promise<ListeningConnection>;
  close(): Promise<void>;
}

/** Connections of the job queues' own: jobs of lanes are fetched however busy the record's pool is. */
export function createJobDatabase(address: DatabaseAddress, log: Log): JobDatabase {
  const pool = new DatabasePool({
    ...clientConfig(address, APPLICATION_NAME),
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECTION_LIMIT_MS,
    query_timeout: ANSWER_LIMIT_MS,
    verify: sessionPreparer(address),
  });
  const failures = createFailureLog(log, {
    failed: 'job queues paused: the database failed',
    worked: 'job queues continue',
  });
  return {
    async executeSql(text, values) {
      try {
        const result = await pool.query<Record<string, unknown>>(text, values);
        failures.worked();
        return result;
      } catch (error) {
        if (isUnreachable(error)) {
          failures.failed(error);
        }
        throw translateDatabaseError(error);
      }
    },
    listen: (channel, onNotification, onReconnect) =>
      keepListening({
        address,
        applicationName: APPLICATION_NAME,
        channels: [channel],
        onNotification: (_channel, payload) => {
          onNotification(payload);
        },
        onListening: onReconnect,
        onServerReplaced: (lostAt) => {
          pool.dropConnections(lostAt);
        },
        async check(client) {
          await client.query('SELECT 1');
        },
        checkIntervalMs: CHECK_INTERVAL_MS,
        log,
      }),
    close: () => pool.end(),
  };
}
