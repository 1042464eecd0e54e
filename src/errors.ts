/**
 * The gateway's one error type. Only `http/` turns it into GraphQL.
 */

/**
 * - `BAD_CONFIGURATION`: the environment or the administrators file is wrong; the process does not start.
 * - `BAD_USER_INPUT`: an argument is wrong; the message names it, what was expected and what came.
 * - `THROTTLED`: the rate of a service left no room for a read of members in time; try again later.
 * - `UPSTREAM_FAILED`: a service, or the way to it, failed a read of members; `details.reasonCode` says how.
 * - `UNAVAILABLE`: the database cannot be reached or the gateway is stopping; try again.
 */
export type ErrorCode =
  'BAD_CONFIGURATION' | 'BAD_USER_INPUT' | 'THROTTLED' | 'UPSTREAM_FAILED' | 'UNAVAILABLE';

/** An error with a stable code. Its message is written for the person who caused it. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { cause?: unknown; details?: Readonly<Record<string, string>> },
  ) {
    super(message, options);
    this.details = options?.details ?? {};
  }

  /** What a program may want to know besides the code; callers see it next to the code. */
  readonly details: Readonly<Record<string, string>>;
}

/** An account's role and users are no business of those who ask; refusals name them. */
const ARN = /arn:aws[\w-]*:[^\s"',)]+/g;

/** The words of a service or of STS, fit for callers. */
export function withoutArns(words: string): string {
  return words.replaceAll(ARN, 'arn:***');
}
