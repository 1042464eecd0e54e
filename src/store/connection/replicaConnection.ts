import { Client } from 'pg';
import type { Log } from '../../log.js';
import type { AbandonedLane } from '../../ports/laneRecord.js';

/** Payload: the ids of lanes that have new work, separated by commas. */
export const LANE_WAKE_CHANNEL = 'lane_wake';

/** Payload: the UUID of a request that has finished. */
export const REQUEST_FINISHED_CHANNEL = 'request_finished';

/** Pause before a lost connection is made again: short, since waiters sleep meanwhile. */
const RECONNECT_DELAY_MS = 500;

/** How often the replica shows that it lives, and looks who does not. */
const LOOK_MS = 500;

/** Without a sign of life for so long, a replica counts as gone: a dozen looks, so that a busy moment is not death. */
const SILENCE_SECONDS = 6;

/** After which a connection that does not answer is given up, in milliseconds, and another is made. */
const ANSWER_LIMIT_MS = 5_000;

/** What a replica is told through its connection. */
export interface ReplicaHandlers {
  readonly laneWake: (laneIds: readonly number[]) => void;
  readonly requestFinished: (requestId: string) => void;
  /** Listening has begun, or has begun again after a gap in which anything may have happened. */
  readonly listening: () => void;
  /** After every look: lanes whose holder's replica gives no sign of life. */
  readonly abandonedLanesChecked: (left: readonly AbandonedLane[]) => Promise<void>;
}

export interface ReplicaConnection {
  close(): Promise<void>;
}

/**
 * The one connection that stands for this process in the database, made again for as long as it is not closed. It
 * listens for NOTIFY, and is the replica's sign of life: PostgreSQL shows every connection by name, and when it was last
 * used. When the process ends, its connection does; when it is frozen or cut off, its connection falls silent.
 */
export async function connectReplica(
  databaseUrl: string,
  replica: string,
  handlers: ReplicaHandlers,
  log: Log,
): Promise<ReplicaConnection> {
  let closed = false;
  let client: Client | null = null;
  let timer: NodeJS.Timeout | undefined;

  const connect = async (): Promise<void> => {
    const next = new Client({
      connectionString: databaseUrl,
      application_name: nameOf(replica),
      keepAlive: true,
      connectionTimeoutMillis: ANSWER_LIMIT_MS,
      query_timeout: ANSWER_LIMIT_MS,
    });
    next.on('notification', ({ channel, payload = '' }) => {
      if (channel === LANE_WAKE_CHANNEL) {
        handlers.laneWake(payload.split(',').map(Number));
      } else if (channel === REQUEST_FINISHED_CHANNEL) {
        handlers.requestFinished(payload);
      }
    });
    next.on('error', (error) => {
      log.warn({ err: error }, 'listening connection lost');
    });
    next.once('end', () => {
      if (client === next) {
        reconnectLater();
      }
    });
    await next.connect();
    await next.query(`LISTEN ${LANE_WAKE_CHANNEL}; LISTEN ${REQUEST_FINISHED_CHANNEL}`);
    client = next;
    handlers.listening();
    lookLater(next);
  };

  const reconnectLater = (): void => {
    client = null;
    if (closed) {
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(() => {
      connect().catch((error: unknown) => {
        log.warn({ err: error }, 'listening connection not made');
        reconnectLater();
      });
    }, RECONNECT_DELAY_MS);
  };

  const lookLater = (current: Client): void => {
    if (client !== current || closed) {
      return;
    }
    timer = setTimeout(() => {
      look(current).catch((error: unknown) => {
        if (closed) {
          return;
        }
        log.warn({ err: error }, 'listening connection given up');
        reconnectLater();
        void current.end().catch(() => undefined);
      });
    }, LOOK_MS);
  };

  const look = async (current: Client): Promise<void> => {
    const left = await lanesLeft(current, replica);
    if (client !== current || closed) {
      return;
    }
    await handlers.abandonedLanesChecked(left).catch((error: unknown) => {
      log.warn({ err: error }, 'lanes not taken over');
    });
    lookLater(current);
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

/**
 * Lanes whose holder belongs to a replica without a living connection. Where the database does not show this role when
 * a connection was last used (another role's), it counts as alive: pg-boss will miss its heartbeats.
 */
async function lanesLeft(client: Client, replica: string): Promise<AbandonedLane[]> {
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
