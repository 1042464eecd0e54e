import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';

/** Longest that an answer waits for a client that reads nothing of it, in milliseconds. */
export const UNREAD_ANSWER_MS = 60_000;

/**
 * The server options for `disconnectIdleReaders`. Node notices at the second timeout that nothing of a part was read, since it
 * compares the unread bytes with those at the first. A client is so disconnected after half of the time at the earliest.
 */
export function idleReaderOptions(unreadAnswerMs: number): Pick<FastifyServerOptions, 'connectionTimeout'> {
  return { connectionTimeout: unreadAnswerMs / 2 };
}

/**
 * Disconnects a client that reads nothing of its answer. Its reads of the database are then canceled, like those of every
 * client that disconnects. An answer that is not ready yet, or of which everything was read, may take any time.
 */
export function disconnectIdleReaders(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, { raw }, done) => {
    // Node emits it when the socket has neither sent nor received anything. With a listener it does not disconnect itself.
    raw.on('timeout', (socket: Socket) => {
      if (socket.writableLength > 0) {
        socket.destroy();
      }
    });
    done();
  });
}
