import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Log } from '../../log.js';
import type { Metrics } from '../../ports/metrics.js';

/** Time between two lines of the log about closed connections, in milliseconds. */
const LOG_INTERVAL_MS = 60_000;

/** What the limit works with. */
export interface ConnectionLimitOptions {
  /** Most open connections of the process. */
  readonly maximum: number;
  readonly metrics: Pick<Metrics, 'connectionClosed'>;
  readonly log: Log;
}

/**
 * Limits the open connections of a server. One more connection closes another one:
 *
 * - the oldest without a whole request yet;
 * - otherwise the one that has waited longest for its next request. HTTP clients open another connection then.
 * - If requests of all connections are under way, the new one is closed.
 */
export function limitConnections(server: Server, { maximum, metrics, log }: ConnectionLimitOptions): void {
  const open = createOpenConnections();
  const logClosed = createClosedLog(log, maximum);
  server.on('connection', (socket: Socket) => {
    const closed = open.count() < maximum ? null : (open.oldestIdle() ?? socket);
    if (closed !== null) {
      metrics.connectionClosed();
      logClosed();
      closed.destroy();
      open.remove(closed);
    }
    if (closed !== socket) {
      open.add(socket);
    }
  });
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    open.begin(socket);
    response.once('close', () => {
      open.end(socket);
    });
  });
}

/** Open connections. A Set and a Map keep the order of insertion: the first member is the oldest. */
function createOpenConnections() {
  /** Without a whole request yet. */
  const silent = new Set<Socket>();
  /** Whose requests have all been answered. */
  const answered = new Set<Socket>();
  /** With the number of requests under way. */
  const busy = new Map<Socket, number>();
  const remove = (socket: Socket): void => {
    silent.delete(socket);
    answered.delete(socket);
    busy.delete(socket);
  };
  return {
    count: () => silent.size + answered.size + busy.size,
    oldestIdle: (): Socket | undefined => silent.values().next().value ?? answered.values().next().value,
    remove,
    add(socket: Socket) {
      silent.add(socket);
      socket.once('close', () => {
        remove(socket);
      });
    },
    begin(socket: Socket) {
      silent.delete(socket);
      answered.delete(socket);
      busy.set(socket, (busy.get(socket) ?? 0) + 1);
    },
    end(socket: Socket) {
      const underWay = busy.get(socket);
      if (underWay === undefined) {
        return;
      }
      if (underWay > 1) {
        busy.set(socket, underWay - 1);
      } else {
        busy.delete(socket);
        answered.add(socket);
      }
    },
  };
}

/** Logs the number of closed connections, at once and then once in LOG_INTERVAL_MS. */
function createClosedLog(log: Log, maximum: number): () => void {
  let closed = 0;
  let timer: NodeJS.Timeout | undefined;
  const write = (): void => {
    timer = undefined;
    if (closed > 0) {
      log.warn({ closed, maximum }, 'closed connections, since MAX_CONNECTIONS were open');
      closed = 0;
      timer = setTimeout(write, LOG_INTERVAL_MS).unref();
    }
  };
  return () => {
    closed += 1;
    if (timer === undefined) {
      write();
    }
  };
}
