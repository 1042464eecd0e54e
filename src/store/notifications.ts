import { Client } from 'pg';
import type { Log } from '../log.js';

/** Payload: the ids of lanes that have new work, separated by commas. */
export const LANE_WAKE_CHANNEL = 'lane_wake';

/** Payload: the UUID of a request that has finished. */
export const REQUEST_FINISHED_CHANNEL = 'request_finished';

/** Pause before a lost connection is made again: short, since waiters sleep meanwhile. */
const RECONNECT_DELAY_MS = 500;

/** What a process is told by PostgreSQL's NOTIFY, whichever replica it comes from. */
export interface NotificationHandlers {
  readonly laneWake: (laneIds: readonly number[]) => void;
  readonly requestFinished: (requestId: string) => void;
  /** Listening has begun, or has begun again after a gap in which anything may have happened. */
  readonly listening: () => void;
}

export interface Notifications {
  close(): Promise<void>;
}

/** Listens on one connection of its own, and makes it again for as long as it is not closed. */
export async function listen(
  databaseUrl: string,
  handlers: NotificationHandlers,
  log: Log,
): Promise<Notifications> {
  let closed = false;
  let client: Client | null = null;
  let timer: NodeJS.Timeout | undefined;

  const connect = async (): Promise<void> => {
    const next = new Client({
      connectionString: databaseUrl,
      application_name: 'membership-gateway-listener',
      keepAlive: true,
    });
    next.on('notification', ({ channel, payload = '' }) => {
      if (channel === LANE_WAKE_CHANNEL) handlers.laneWake(payload.split(',').map(Number));
      else if (channel === REQUEST_FINISHED_CHANNEL) handlers.requestFinished(payload);
    });
    next.on('error', (error) => {
      log.warn({ err: error }, 'listening connection lost');
    });
    next.once('end', () => {
      if (client === next) client = null;
      reconnectLater();
    });
    await next.connect();
    await next.query(`LISTEN ${LANE_WAKE_CHANNEL}; LISTEN ${REQUEST_FINISHED_CHANNEL}`);
    client = next;
    handlers.listening();
  };

  const reconnectLater = (): void => {
    if (closed) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      connect().catch((error: unknown) => {
        log.warn({ err: error }, 'listening connection not made');
        reconnectLater();
      });
    }, RECONNECT_DELAY_MS);
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
