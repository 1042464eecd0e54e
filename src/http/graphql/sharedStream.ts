import { Repeater, type Push } from '@repeaterjs/repeater';
import { GatewayError } from '../../errors.js';
import { HttpRefusal } from '../request/errorStatus.js';
import { completeEvent, nextEvent } from './eventStream.js';
import type { StreamedOperation } from './streamedOperation.js';

/** Most operations on a stream at once: Repeater holds at most 1,024 events. */
const STREAM_OPERATIONS = 1_000;

/** A place on a stream for one operation. */
export interface Place {
  /** Aborts when the operation has to end: its client has ended it, or the stream is closed. */
  readonly ended: AbortSignal;
  /** Sends the results of the operation on the stream, as soon as a client is connected. */
  start(streamed: StreamedOperation): void;
  /** Gives the place up. */
  leave(): void;
}

/** One stream with the events of many operations: the single connection mode of GraphQL over SSE. */
export interface SharedStream {
  /**
   * Takes a place under the id of an operation.
   *
   * @throws HttpRefusal 409 when an operation on the stream has the id, 404 when the stream takes no more; GatewayError
   *   LIMIT_EXCEEDED.
   */
  take(id: string): Place;
  /** Ends an operation; an unknown id is ignored. At most one of its events follows. */
  cancel(id: string): void;
  /**
   * The events of all operations, in the order in which their results are ready.
   *
   * @throws HttpRefusal 409 when a client has connected before.
   */
  connect(): AsyncIterable<string>;
  /** Takes no more operations, and closes the stream when those on it have ended; at once if no client is connected. */
  end(): void;
  /** Ends all operations and the stream. */
  close(): void;
}

/** What sends an event, and resolves when the client has read most of those before. */
type Send = Push<string>;

/**
 * Each operation makes a result when the client has read most of those before. So a slow client holds at most one result of each
 * operation in memory.
 *
 * @param reservationMs how long the stream waits for its client, in milliseconds.
 * @param onClosed is called once.
 */
export function createSharedStream(reservationMs: number, onClosed: () => void): SharedStream {
  const operations = new Map<string, Place>();
  const connection = Promise.withResolvers<Send>();
  let state: 'reserved' | 'connected' | 'ending' | 'closed' = 'reserved';
  const closed = Promise.withResolvers<undefined>();

  const close = (): void => {
    if (state === 'closed') {
      return;
    }
    state = 'closed';
    clearTimeout(expiry);
    for (const place of operations.values()) {
      place.leave();
    }
    closed.resolve(undefined);
    onClosed();
  };
  const expiry = setTimeout(close, reservationMs).unref();

  return {
    take(id) {
      if (state === 'ending' || state === 'closed') {
        throw noReservation();
      }
      checkRoom(operations, id);
      const onEnd = (): void => {
        operations.delete(id);
        if (state === 'ending' && operations.size === 0) {
          close();
        }
      };
      // A failure closes the stream: the client cannot know what it has missed.
      const place = createPlace({ id, connection: connection.promise, onEnd, onFailure: close });
      operations.set(id, place);
      return place;
    },
    cancel(id) {
      operations.get(id)?.leave();
    },
    connect() {
      if (state !== 'reserved') {
        throw inUse();
      }
      state = 'connected';
      clearTimeout(expiry);
      return new Repeater<string>(async (send, stopped) => {
        connection.resolve(send);
        // The stream may have been closed before its first event is asked for.
        await Promise.race([stopped, closed.promise]);
        stopped();
        close();
      });
    },
    end() {
      if (operations.size === 0 || state === 'reserved') {
        close();
      } else if (state === 'connected') {
        state = 'ending';
      }
    },
    close,
  };
}

interface PlaceDependencies {
  readonly id: string;
  /** Resolves when a client is connected. */
  readonly connection: Promise<Send>;
  /** Is called once. */
  readonly onEnd: () => void;
  readonly onFailure: () => void;
}

function createPlace({ id, connection, onEnd, onFailure }: PlaceDependencies): Place {
  const abort = new AbortController();
  const { signal: ended } = abort;
  const json = JSON.stringify(id);
  const isOver = (): boolean => ended.aborted;
  const leave = (): void => {
    if (!isOver()) {
      abort.abort();
      onEnd();
    }
  };

  const run = async (results: StreamedOperation['results']): Promise<void> => {
    const send = await connection;
    for await (const result of results) {
      if (isOver()) {
        return;
      }
      await send(nextEvent(`{"id":${json},"payload":${result}}`));
    }
    if (!isOver()) {
      await send(completeEvent(`{"id":${json}}`));
      leave();
    }
  };

  return {
    ended,
    leave,
    start({ results, end }) {
      if (isOver()) {
        end();
        return;
      }
      ended.addEventListener('abort', end);
      run(results).catch(onFailure);
    },
  };
}

function checkRoom(operations: ReadonlyMap<string, Place>, id: string): void {
  if (operations.has(id)) {
    throw new HttpRefusal(
      409,
      'extensions.operationId: expected an id that no other operation on the stream has',
    );
  }
  if (operations.size >= STREAM_OPERATIONS) {
    throw new GatewayError(
      'LIMIT_EXCEEDED',
      `expected at most ${STREAM_OPERATIONS} operations on one stream, got one more`,
      { details: { limit: 'STREAM_OPERATIONS', maximum: STREAM_OPERATIONS, actual: operations.size + 1 } },
    );
  }
}

/** The error for a token that belongs to no reservation of the caller. */
export function noReservation(): HttpRefusal {
  return new HttpRefusal(
    404,
    'expected the token of a reservation of this caller, in time and at the replica that made it; make another by PUT',
  );
}

function inUse(): HttpRefusal {
  return new HttpRefusal(409, 'expected a reservation without a client, got one in use; make another by PUT');
}
