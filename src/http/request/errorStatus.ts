import { GraphQLError } from 'graphql';
import { GatewayError, type ErrorCode } from '../../errors.js';

/** The HTTP status when an error refuses a request as a whole. An error of a single field leaves the status at 200. */
const STATUS: Readonly<Record<ErrorCode, number>> = {
  BAD_CONFIGURATION: 500,
  BAD_USER_INPUT: 400,
  BAD_REQUEST: 400,
  PERSISTED_QUERY_NOT_FOUND: 400,
  PERSISTED_QUERY_NOT_SUPPORTED: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  LIMIT_EXCEEDED: 400,
  RATE_LIMITED: 429,
  TIMED_OUT: 503,
  THROTTLED: 503,
  UPSTREAM_FAILED: 502,
  UNAVAILABLE: 503,
};

/** Status and headers of an answer that is an error: how to authenticate (RFC 6750), and when to try again. */
export interface ErrorHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** A BAD_REQUEST with an HTTP status of its own. */
export class HttpRefusal extends GatewayError {
  constructor(
    readonly status: 404 | 405 | 409,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super('BAD_REQUEST', message);
  }
}

/** Status and headers for an error: 400 for a GraphQLError of parsing or validation, and 500 for an unexpected error. */
export function headOf(error: unknown): ErrorHead {
  if (error instanceof HttpRefusal) {
    return { status: error.status, headers: error.headers };
  }
  if (!(error instanceof GatewayError)) {
    return { status: error instanceof GraphQLError ? 400 : 500, headers: {} };
  }
  const status = STATUS[error.code];
  if (error.code === 'UNAUTHENTICATED') {
    return { status, headers: { 'www-authenticate': 'Bearer realm="membership-gateway"' } };
  }
  const after = error.details['retryAfterSeconds'];
  return { status, headers: after === undefined ? {} : { 'retry-after': String(after) } };
}
