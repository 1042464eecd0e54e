import { RESERVATION_MS } from '../http/graphql/reservations.js';
import { UNREAD_ANSWER_MS } from '../http/request/unreadAnswers.js';
import { REQUEST_TIMEOUT_MS } from '../http/server.js';
import type { RetryDelays } from '../ports/laneRecord.js';
import { CHECK_INTERVAL_MS } from '../services/access/credentialWatch.js';
import { RETRY_DELAYS } from '../services/answers/retryPolicy.js';

/** Times that tests shorten, so that they need not wait. They are not part of the configuration. */
export interface Intervals {
  /** Seconds to wait after each send of an account that can go again. */
  readonly retryDelays: RetryDelays;
  /** Time between two checks of the API tokens of open responses, in milliseconds. */
  readonly credentialCheckMs: number;
  /** Longest that a client may take to send a request, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** Longest that an answer waits for a client that does not read, in milliseconds. */
  readonly unreadAnswerMs: number;
  /** Longest that a reserved stream waits for its client, in milliseconds. */
  readonly reservationMs: number;
}

export const INTERVALS: Intervals = {
  retryDelays: RETRY_DELAYS,
  credentialCheckMs: CHECK_INTERVAL_MS,
  requestTimeoutMs: REQUEST_TIMEOUT_MS,
  unreadAnswerMs: UNREAD_ANSWER_MS,
  reservationMs: RESERVATION_MS,
};
