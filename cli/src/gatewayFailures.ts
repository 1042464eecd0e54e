import type { ErrorCode, GatewayError } from 'membership-gateway-client';
import { EXIT, type ExitStatus } from './faults.js';

const STATUSES: Readonly<Partial<Record<ErrorCode, ExitStatus>>> = {
  UNAUTHENTICATED: EXIT.refused,
  FORBIDDEN: EXIT.refused,
  UNREACHABLE: EXIT.unreachable,
  UNAVAILABLE: EXIT.unreachable,
  RATE_LIMITED: EXIT.unreachable,
  BAD_RESPONSE: EXIT.unreachable,
  BAD_USER_INPUT: EXIT.usage,
  LIMIT_EXCEEDED: EXIT.usage,
};

/** The exit status that a failure of the gateway stands for. */
export function exitOf({ code }: GatewayError): ExitStatus {
  return STATUSES[code] ?? EXIT.failed;
}

/** What people read of it. */
export function failureLines({ code, message, requestId, errors }: GatewayError): string[] {
  const others = errors.slice(1, 20).map((error) => error.message);
  const id = requestId === undefined ? '' : `, X-Request-Id ${requestId}`;
  return [`${message} (${code}${id})`, ...others];
}
