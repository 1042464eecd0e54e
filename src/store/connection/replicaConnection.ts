import { Client } from 'pg';
import type { Log } from '../../log.js';
import type { DatabaseAddress } from '../../ports/databaseAddress.js';
import type { AbandonedLane } from '../../ports/laneRecord.js';
import { clientConfig, prepareSession } from './clientConfig.js';

/** Payload: the ids of lanes that have new work, separated by commas. */
export const LANE_WAKE_CHANNEL = 'lane_wake';

/** Payload: the UUID of a request that has finished. */
export const REQUEST_FINISHED_CHANNEL = 'request_finished';

/** Pause before a lost connection is made again, in milliseconds: callers wait for wake-ups meanwhile. */
const RECONNECT_DELAY_MS = 500;

/** How often the replica gives a sign of life and checks the other replicas, in milliseconds. */
const CHECK_INTERVAL_MS = 500;

/** A replica without a sign of life for so long counts as gone: twelve checks, so that a busy moment is tolerated. */
const SILENCE_SECONDS = 6;

/** A connection that does not answer for so long is replaced, in milliseconds. */
const ANSWER_LIMIT_MS = 5_000;

/** Called for events of the connection. */
export interface ReplicaHandlers {
  /** These lanes have new work. */
  readonly laneWake: (laneIds: readonly number[]) => void;
  readonly requestFinished: (requestId: string) => void;
  /** Listening has begun, or has begun again. Notifications of the gap before are lost. */
  readonly listening: () => void;
  /** After each check: the lanes whose holder's replica gives no sign of life. */
  readonly abandonedLanesChecked: (lanes: readonly AbandonedLane[]) => Promise<void>;
}

export interface ReplicaConnection {
  close(): Promise<void>;
}

/**
 * The connection that represents this replica in the database. It listens for NOTIFY, and it is the replica's sign of life:
 * pg_stat_activity shows the name of each connection and its last use. When the process ends, its connection ends. When
 * the process freezes or loses the network, its connection falls silent. A lost connection is made again until `close`.
 *
 * @throws the error of the first attempt to connect.
 */
export async function connectReplica(
  address: DatabaseAddress,
  replica: string,
  handlers: ReplicaHandlers,
  log: Log,
): Promise<ReplicaConnection> {
  let closed = false;
  let client: Client | null = null;
  let timer: NodeJS.Timeout | undefined;

  const connect = async (): Promise<void> => {
    const next = createClient(address, replica, handlers, log);
    next.once('end', () => client === next && reconnectLater());
    await listen(next, address);
    client = next;
    handlers.listening();
    checkLater(next);
  };

  const reconnectLater = (): void => {
    client = null;
    clearTimeout(timer);
    if (!closed) {
      timer = setTimeout(() => void connect().catch(connectFailed), RECONNECT_DELAY_MS);
    }
  };

  const connectFailed = (error: unknown): void => {
    log.warn({ err: error }, 'cannot make the listening connection');
    reconnectLater();
  };

  const checkLater = (current: Client): void => {
    if (client !== current || closed) {
      return;
    }
    timer = setTimeout(() => {
      check(current).catch((error: unknown) => {
        if (!closed) {
          log.warn({ err: error }, 'the listening connection does not answer');
          reconnectLater();
          void current.end().catch(() => undefined);
        }
      });
    }, CHECK_INTERVAL_MS);
  };

  const check = async (current: Client): Promise<void> => {
    const lanes = await abandonedLanes(current, replica);
    if (client === current && !closed) {
      await handlers.abandonedLanesChecked(lanes).catch(warn(log, 'cannot take over lanes'));
      checkLater(current);
    }
  };

  await connect();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end();
    },
  };
}

/** A client that calls the handlers of notifications, not connected yet. */
function createClient(
  address: DatabaseAddress,
  replica: string,
  handlers: ReplicaHandlers,
  log: Log,
): Client {
  const client = new Client({
    ...clientConfig(address, nameOf(replica)),
    connectionTimeoutMillis: ANSWER_LIMIT_MS,
    query_timeout: ANSWER_LIMIT_MS,
  });
  client.on('notification', ({ channel, payload = '' }) => {
    if (channel === LANE_WAKE_CHANNEL) {
      handlers.laneWake(payload.split(',').map(Number));
    } else if (channel === REQUEST_FINISHED_CHANNEL) {
      handlers.requestFinished(payload);
    }
  });
  client.on('error', (error) => {
    log.warn({ err: error }, 'lost the listening connection');
  });
  return client;
}

async function listen(client: Client, address: DatabaseAddress): Promise<void> {
  await client.connect();
  await prepareSession(client, address);
  await client.query(`LISTEN ${LANE_WAKE_CHANNEL}; LISTEN ${REQUEST_FINISHED_CHANNEL}`);
}

function warn(log: Log, message: string): (error: unknown) => void {
  return (error) => {
    log.warn({ err: error }, message);
  };
}

/**
 * Lanes whose holder belongs to a replica without a live connection. PostgreSQL hides the last use of another role's
 * connection. Such a connection counts as live: pg-boss notices the missing heartbeats.
 */
async function abandonedLanes(client: Client, replica: string): Promise<AbandonedLane[]> {
  const { rows } = await client.query<AbandonedLane>(
    `SELECT id AS "laneId", holder::text AS holder FROM lane
     WHERE holder IS NOT NULL AND replica <> $1::uuid AND NOT EXISTS (
       SELECT FROM pg_stat_activity a
       WHERE a.datname = current_database() AND a.application_name = '${nameOf('')}' || lane.replica
         AND COALESCE(a.state_change > clock_timestamp() - make_interval(secs => $2::int), true)
     )
     ORDER BY id`,
    [replica, SILENCE_SECONDS],
  );
  return rows;
}

/** How PostgreSQL shows the connection; at most 63 characters. */
function nameOf(replica: string): string {
  return `membership-gateway:${replica}`;
}
