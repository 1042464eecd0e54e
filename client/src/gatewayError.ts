/** The codes of failures. The last three are the client's own. */
export const ERROR_CODES = [
  'BAD_USER_INPUT',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'LIMIT_EXCEEDED',
  'RATE_LIMITED',
  'TIMED_OUT',
  'UNAVAILABLE',
  'UPSTREAM_FAILED',
  'THROTTLED',
  'BAD_REQUEST',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'INTERNAL_ERROR',
  /** No connection, or no answer in time. */
  'UNREACHABLE',
  /** The answer is not the gateway's, such as a page of a proxy. */
  'BAD_RESPONSE',
  /** A code that this version of the client does not know. */
  'UNKNOWN',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** One error of an answer. */
export interface ErrorEntry {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** What is known about a failure beside its code. */
export interface ErrorDetails {
  /** The errors of the answer. */
  readonly errors?: readonly ErrorEntry[];
  /** The fields of the answer that could be read. */
  readonly data?: unknown;
  /** The HTTP status. */
  readonly status?: number | undefined;
  /** `X-Request-Id` of the answer. */
  readonly requestId?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly cause?: unknown;
}

/** Every failure of the client, except that of an aborted operation. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: ErrorCode;
  /** The errors of the answer; empty if there was none. */
  readonly errors: readonly ErrorEntry[];
  /** The fields of the answer that could be read, if some could. */
  readonly data: unknown;
  /** The HTTP status, if an answer came. */
  readonly status: number | undefined;
  /** `X-Request-Id` of the answer, for the log of the gateway. */
  readonly requestId: string | undefined;
  /** When to try again, if the gateway said so. */
  readonly retryAfterSeconds: number | undefined;
  /** The key of a mutation. Sent again with it, the mutation is recorded once. */
  readonly idempotencyKey: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.errors = details.errors ?? [];
    this.data = details.data;
    this.status = details.status;
    this.requestId = details.requestId;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.idempotencyKey = details.idempotencyKey;
  }
}

/** The failure that the errors of an answer stand for: the code and the message are those of the first one. */
export function errorOf(errors: readonly ErrorEntry[], details: ErrorDetails): GatewayError {
  const [first] = errors;
  const seconds = Number(first?.extensions?.['retryAfterSeconds'] ?? details.retryAfterSeconds ?? NaN);
  return new GatewayError(
    knownCode(first?.extensions?.['code']),
    first?.message ?? 'an error without a message',
    {
      ...details,
      errors,
      retryAfterSeconds: Number.isFinite(seconds) ? seconds : undefined,
    },
  );
}

function knownCode(code: unknown): ErrorCode {
  return ERROR_CODES.find((known) => known === code) ?? 'UNKNOWN';
}
