import type { Log } from '../../log.js';
import type { DatabaseAddress } from '../../ports/databaseAddress.js';
import type { AbandonedLane } from '../../ports/laneRecord.js';
import type { DatabaseClient } from './databaseClient.js';
import { keepListening } from './listeningConnection.js';

/** Payload: the ids of lanes that have new work, separated by commas. */
export const LANE_WAKE_CHANNEL = 'lane_wake';

/** Payload: the UUID of a request that has finished. */
export const REQUEST_FINISHED_CHANNEL = 'request_finished';

/** How often the replica gives a sign of life and checks the other replicas, in milliseconds. */
const CHECK_INTERVAL_MS = 500;

/** A replica without a sign of life for this time counts as gone: twelve checks, so that a busy moment is tolerated. */
const SILENCE_SECONDS = 6;

/** How long after a sign of life this replica counts as seen, in milliseconds: a second less than the others wait. */
const SEEN_MS = (SILENCE_SECONDS - 1) * 1_000;

/** The connection that represents this replica. */
export interface ReplicaConnection {
  /** Whether other replicas see this one. Else they may have its lanes: what it has claimed must not leave. */
  isSeen(): boolean;
  close(): Promise<void>;
}

/** Called for events of the connection. */
export interface ReplicaHandlers {
  /** These lanes have new work. */
  readonly laneWake: (laneIds: readonly number[]) => void;
  readonly requestFinished: (requestId: string) => void;
  /** Listening has begun, or has begun again. Notifications of the gap before are lost. */
  readonly listening: () => void;
  /** The server is another one than before. Connections that were made before `lostAt` (`performance.now`) are worth nothing. */
  readonly serverReplaced: (lostAt: number) => void;
  /** The lanes whose holder's replica gives no sign of life, as each check finds them; called once at a time. */
  readonly abandonedLanesChecked: (lanes: readonly AbandonedLane[]) => Promise<void>;
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
  let takingOver = false;
  const connection = await keepListening({
    address,
    applicationName: nameOf(replica),
    channels: [LANE_WAKE_CHANNEL, REQUEST_FINISHED_CHANNEL],
    onNotification(channel, payload) {
      if (channel === LANE_WAKE_CHANNEL) {
        handlers.laneWake(payload.split(',').map(Number));
      } else if (channel === REQUEST_FINISHED_CHANNEL) {
        handlers.requestFinished(payload);
      }
    },
    onListening: handlers.listening,
    onServerReplaced: handlers.serverReplaced,
    async check(client) {
      const lanes = await abandonedLanes(client, replica);
      if (takingOver) {
        return;
      }
      takingOver = true;
      // Not awaited: it uses other connections, which may wait long for an answer.
      void handlers
        .abandonedLanesChecked(lanes)
        .catch((error: unknown) => {
          log.warn({ err: error }, 'cannot take over lanes');
        })
        .finally(() => (takingOver = false));
    },
    checkIntervalMs: CHECK_INTERVAL_MS,
    log,
  });
  return {
    isSeen: () => performance.now() - connection.checkedAt() < SEEN_MS,
    close: () => connection.close(),
  };
}

/**
 * Lanes whose holder belongs to a replica without a live connection. PostgreSQL hides the last use of another role's
 * connection. Such a connection counts as live: pg-boss notices the missing heartbeats.
 */
async function abandonedLanes(client: DatabaseClient, replica: string): Promise<AbandonedLane[]> {
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
