/**
 * The gateway's one error type. Only `http/` turns it into GraphQL.
 */

/**
 * - `BAD_CONFIGURATION`: the environment or the administrators file is wrong; the process does not start.
 * - `BAD_USER_INPUT`: an argument is wrong; the message names it, what was expected and what came.
 * - `BAD_REQUEST`: the HTTP request is not a GraphQL request.
 * - `PERSISTED_QUERY_NOT_FOUND`: the request names a trusted document that the gateway does not know.
 * - `PERSISTED_QUERY_NOT_SUPPORTED`: the request names a trusted document, and TRUSTED_DOCUMENTS is off.
 * - `UNAUTHENTICATED`: credentials are missing, wrong, expired or revoked.
 * - `FORBIDDEN`: the caller is known, and its role or administrators do not allow the operation.
 * - `LIMIT_EXCEEDED`: the operation exceeds a limit; the message has the limit and the actual size.
 * - `RATE_LIMITED`: the caller has spent its budget; `details.retryAfterSeconds` says when to try again.
 * - `TIMED_OUT`: the operation took longer than EXECUTION_TIMEOUT_SECONDS, or a statement took too long.
 * - `THROTTLED`: the rate of a service left no room for a read of members in time; try again later.
 * - `UPSTREAM_FAILED`: a service, or the way to it, failed a read of members; `details.reasonCode` says how.
 * - `UNAVAILABLE`: the database cannot be reached or the gateway is stopping; try again.
 */
export type ErrorCode =
  | 'BAD_CONFIGURATION'
  | 'BAD_USER_INPUT'
  | 'BAD_REQUEST'
  | 'PERSISTED_QUERY_NOT_FOUND'
  | 'PERSISTED_QUERY_NOT_SUPPORTED'
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

/** Faults of the configuration or of the machine that a start finds together. Each is a line that names the variable first. */
export class ConfigurationFaults extends GatewayError {
  constructor(readonly faults: readonly string[]) {
    super('BAD_CONFIGURATION', faults.join('\n'));
  }
}

/** The message of an error in one line. */
export function describeError(error: unknown): string {
  // The error of a refused connection has no message, and one error for each address of the host.
  if (error instanceof AggregateError) {
    return error.errors.map((each) => describeError(each)).join('; ');
  }
  return (error instanceof Error ? error.message || error.name : String(error)).replaceAll('\n', ' ');
}

/** Refusals of AWS name roles and users of the account. Callers must not see them. */
const ARN = /arn:aws[\w-]*:[^\s"',)]+/g;

/** A message of a service or of STS, with its ARNs hidden. */
export function withoutArns(words: string): string {
  return words.replaceAll(ARN, 'arn:***');
}

/** Longest part of a value that a message repeats, in characters: enough to recognise the value by. */
const QUOTED_LENGTH = 80;

/** Characters that a reader cannot see or tell from a space: BOM, zero width, no-break space, direction marks and the like. */
const INVISIBLE = /[\p{Cf}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

/** Whether a text has characters that a reader cannot see, control characters included. */
export function hasInvisible(text: string): boolean {
  return text.search(INVISIBLE) !== -1 || /\p{Cc}/u.test(text);
}

/** A value as messages show it: in double quotes, invisible characters escaped as in JSON, and cut when it is long. */
export function quoted(value: string): string {
  const json = JSON.stringify(value.length > QUOTED_LENGTH ? `${value.slice(0, QUOTED_LENGTH)}...` : value);
  return json.replace(INVISIBLE, (character) =>
    Array.from({ length: character.length }, (_, index) => escaped(character.charCodeAt(index))).join(''),
  );
}

function escaped(codeUnit: number): string {
  return `\\u${codeUnit.toString(16).padStart(4, '0')}`;
}
