import { randomBytes } from 'node:crypto';
import type { Caller } from '../../membership.js';
import type { Authenticated } from '../../services/access/authentication.js';
import type { CallerLimit } from '../../services/access/callerLimit.js';
import { callerKey } from '../../services/callerKey.js';
import { createSharedStream, type SharedStream } from './sharedStream.js';

/** Longest time between a reservation and its connection, in milliseconds: clients connect at once. */
export const RESERVATION_MS = 30_000;

/** A stream that a caller has reserved. */
export interface Reservation {
  readonly reservedBy: Authenticated;
  readonly stream: SharedStream;
}

/** The reserved streams of this replica: the single connection mode of GraphQL over SSE. */
export interface Reservations {
  /**
   * Reserves a stream, and returns its token, with which one client may connect. The stream counts as one of the caller's until it
   * is closed.
   *
   * @throws GatewayError LIMIT_EXCEEDED when the caller has too many streams.
   */
  reserve(caller: Authenticated): string;
  /** Undefined for a token that is unknown or expired, or whose stream is closed. */
  find(token: string): Reservation | undefined;
  /** The same, and undefined for the token of another caller. */
  findOf(caller: Caller, token: string): Reservation | undefined;
}

/** @param stopping ends all streams when it aborts. */
export function createReservations(
  openStreams: CallerLimit,
  { stopping, reservationMs }: { readonly stopping: AbortSignal; readonly reservationMs: number },
): Reservations {
  const reservations = new Map<string, Reservation>();
  stopping.addEventListener('abort', () => {
    for (const { stream } of reservations.values()) {
      stream.end();
    }
  });
  return {
    reserve(reservedBy) {
      const leave = openStreams.open(reservedBy.caller);
      const token = randomBytes(32).toString('base64url');
      const stream = createSharedStream(reservationMs, () => {
        reservations.delete(token);
        leave();
      });
      reservations.set(token, { reservedBy, stream });
      return token;
    },
    find: (token) => reservations.get(token),
    findOf(caller, token) {
      const reservation = reservations.get(token);
      const isOwn =
        reservation !== undefined && callerKey(reservation.reservedBy.caller) === callerKey(caller);
      return isOwn ? reservation : undefined;
    },
  };
}
