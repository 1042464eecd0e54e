/**
 * The gateway's one error type. Only `http/` turns it into GraphQL.
 */

/**
 * - `BAD_CONFIGURATION`: the environment or the administrators file is wrong; the process does not start.
 * - `BAD_USER_INPUT`: an argument is wrong; the message names it, what was expected and what came.
 * - `BAD_REQUEST`: what came over HTTP is no GraphQL request.
 * - `UNAUTHENTICATED`: no credentials came, or they are not good (any more).
 * - `FORBIDDEN`: the caller is known, and may not do this.
 * - `LIMIT_EXCEEDED`: the operation is larger than the gateway takes; the message has the limit and what came.
 * - `RATE_LIMITED`: the caller has used up its budget for now; `details.retryAfterSeconds` says when to come back.
 * - `TIMED_OUT`: the operation took longer than the gateway lets one take.
 * - `THROTTLED`: the rate of a service left no room for a read of members in time; try again later.
 * - `UPSTREAM_FAILED`: a service, or the way to it, failed a read of members; `details.reasonCode` says how.
 * - `UNAVAILABLE`: the database cannot be reached or the gateway is stopping; try again.
 */
export type ErrorCode =
  | 'BAD_CONFIGURATION'
  | 'BAD_USER_INPUT'
  | 'BAD_REQUEST'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'LIMIT_EXCEEDED'
  | 'RATE_LIMITED'
  | 'TIMED_OUT'
  | 'THROTTLED'
  | 'UPSTREAM_FAILED'
  | 'UNAVAILABLE';

/** An error with a stable code. Its message is written for the person who caused it. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  /** Facts for programs, shown beside the code. */
  readonly details: Readonly<Record<string, string | number>>;

  constructor(
    readonly code: ErrorCode,
    message: string,
    { details, ...options }: { cause?: unknown; details?: Readonly<Record<string, string | number>> } = {},
  ) {
    super(message, options);
    this.details = details ?? {};
  }
}

/** An account's role and users are no business of those who ask; refusals name them. */
const ARN = /arn:aws[\w-]*:[^\s"',)]+/g;

/** The words of a service or of STS, fit for callers. */
export function withoutArns(words: string): string {
  return words.replaceAll(ARN, 'arn:***');
}

/** Longest part of a value that a message repeats, in characters: enough to recognise the value by. */
const QUOTED_LENGTH = 80;

/** A value as messages show it: in double quotes, control characters escaped as in JSON, and cut when it is long. */
export function quoted(value: string): string {
  return JSON.stringify(value.length > QUOTED_LENGTH ? `${value.slice(0, QUOTED_LENGTH)}...` : value);
}
