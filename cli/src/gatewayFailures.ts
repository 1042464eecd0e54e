import type { GatewayError } from 'membership-gateway-client';
import { EXIT, type ExitStatus } from './faults.js';

/** The exit status that a failure of the gateway stands for. */
export function exitOf({ code }: GatewayError): ExitStatus {
  switch (code) {
    case 'UNAUTHENTICATED':
    case 'FORBIDDEN':
      return EXIT.refused;
    case 'UNREACHABLE':
    case 'UNAVAILABLE':
    case 'RATE_LIMITED':
    case 'BAD_RESPONSE':
      return EXIT.unreachable;
    case 'BAD_USER_INPUT':
    case 'LIMIT_EXCEEDED':
      return EXIT.usage;
    case 'TIMED_OUT':
    case 'UPSTREAM_FAILED':
    case 'THROTTLED':
    case 'BAD_REQUEST':
    case 'GRAPHQL_PARSE_FAILED':
    case 'GRAPHQL_VALIDATION_FAILED':
    case 'OPERATION_RESOLUTION_FAILURE':
    case 'PERSISTED_QUERY_NOT_FOUND':
    case 'PERSISTED_QUERY_NOT_SUPPORTED':
    case 'INTERNAL_ERROR':
    case 'UNKNOWN':
      return EXIT.failed;
  }
}

/** What people read of it. */
export function failureLines({ code, message, requestId, errors }: GatewayError): string[] {
  const others = errors.slice(1, 20).map((error) => error.message);
  const id = requestId === undefined ? '' : ` (${code}, X-Request-Id ${requestId})`;
  return [`${message}${id || ` (${code})`}`, ...others];
}
