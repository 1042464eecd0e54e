import { randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type pg from 'pg';
import { GatewayError } from '../../errors.js';
import type { DatabaseAddress } from '../../ports/databaseAddress.js';
import { clientConfig } from './clientConfig.js';
import { DatabaseClient } from './databaseClient.js';
import { checkServer } from './serverCheck.js';
import { placeOf, startFault } from './startFault.js';

/** Longest wait for a notification, in milliseconds. Without a pooler it takes a round trip. */
const NOTIFICATION_LIMIT_MS = 2_000;

/** Longest wait for a connection and for an answer, in milliseconds. */
const ANSWER_LIMIT_MS = 10_000;

const STATEMENT = 'gateway_session_check';

/** What a connection keeps from one statement to the next. A pooler in transaction mode keeps nothing. */
export interface SessionAbilities {
  /** LISTEN, session locks and SET last. */
  readonly keepsSession: boolean;
  /** Prepared statements last: PgBouncer keeps them in transaction mode since version 1.21, with max_prepared_statements. */
  readonly keepsPrepared: boolean;
}

/**
 * Tries on two connections what a session keeps.
 *
 * @throws GatewayError what `checkServer` throws, and what `startFault` makes of the refusal of a connection.
 */
export async function trySession(address: DatabaseAddress): Promise<SessionAbilities> {
  const [first, second] = [createClient(address), createClient(address)];
  try {
    await first.connect();
    await checkServer(first, address);
    await second.connect();
    return await tryOn(first, second);
  } catch (error) {
    throw startFault(error, address, 'cannot use the database');
  } finally {
    await Promise.all([first.end(), second.end()]);
  }
}

/** @throws GatewayError `BAD_CONFIGURATION`, in one line, when the address keeps no session. */
export function requireSession(address: DatabaseAddress, { keepsSession }: SessionAbilities): void {
  if (!keepsSession) {
    const remedy =
      address.variable === 'DATABASE_URL'
        ? 'set DIRECT_DATABASE_URL to the same database without it'
        : 'name the server itself';
    throw new GatewayError(
      'BAD_CONFIGURATION',
      `${address.variable}: LISTEN and session locks do not last at ${placeOf(address)}: a pooler in transaction mode is in ` +
        `between; ${remedy}, or use pool_mode = session`,
    );
  }
}

function createClient(address: DatabaseAddress): DatabaseClient {
  return new DatabaseClient({
    ...clientConfig(address, 'membership-gateway check'),
    connectionTimeoutMillis: ANSWER_LIMIT_MS,
    query_timeout: ANSWER_LIMIT_MS,
  });
}

/**
 * In transaction mode, the first client has given its server connection back when the second begins a transaction. Which one the second
 * then gets depends on the pooler, but a notification cannot reach a client that has none.
 */
async function tryOn(first: DatabaseClient, second: DatabaseClient): Promise<SessionAbilities> {
  const channel = `gateway_check_${randomUUID()}`;
  const lock = randomInt(2 ** 47);
  await first.query(`LISTEN "${channel}"`);
  await first.query('SELECT pg_advisory_lock($1)', [lock]);
  const isPrepared = await accepts(first, { name: STATEMENT, text: 'SELECT 1' });
  const firstServer = await serverOf(first);

  await second.query('BEGIN; SAVEPOINT before');
  const isShared = (await serverOf(second)) === firstServer;
  const acceptsSame = await accepts(second, { name: STATEMENT, text: 'SELECT 2' });
  await second.query('ROLLBACK TO before');
  const { rows } = await second.query<{ isFree: boolean }>('SELECT pg_try_advisory_lock($1) AS "isFree"', [
    lock,
  ]);
  if (isShared) {
    // What the tries have left on the server connection would stay there.
    await second.query('SELECT pg_advisory_unlock($1), pg_advisory_unlock($1)', [lock]);
    await second.query(`UNLISTEN "${channel}"`);
  }
  await second.query('COMMIT');

  const heard = once(first, 'notification', { signal: AbortSignal.timeout(NOTIFICATION_LIMIT_MS) }).then(
    () => true,
    () => false,
  );
  await second.query('SELECT pg_notify($1, $2)', [channel, '']);
  const keepsSession = (await heard) && rows[0]?.isFree !== true;
  return { keepsSession, keepsPrepared: isPrepared && acceptsSame && (keepsSession || isShared) };
}

/** Whether the server takes a prepared statement: it refuses one whose name has another text in the same session. */
async function accepts(client: pg.ClientBase, statement: { name: string; text: string }): Promise<boolean> {
  return client.query(statement).then(
    () => true,
    () => false,
  );
}

async function serverOf(client: pg.ClientBase): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid;
}
