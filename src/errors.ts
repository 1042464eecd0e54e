/**
 * The gateway's one error type. Only `http/` turns it into GraphQL.
 */

/**
 * - `BAD_CONFIGURATION`: the environment or the administrators file is wrong; the process does not start.
 * - `BAD_USER_INPUT`: an argument is wrong; the message names it, what was expected and what came.
 * - `UNAVAILABLE`: the database cannot be reached or the gateway is stopping; try again.
 */
export type ErrorCode = 'BAD_CONFIGURATION' | 'BAD_USER_INPUT' | 'UNAVAILABLE';

/** An error with a stable code. Its message is written for the person who caused it. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
