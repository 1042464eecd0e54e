import { GatewayError, withoutArns } from '../../errors.js';
import { REASON_CODES, type ReasonCode, type TargetAddress } from '../../membership.js';
import type { Verdict } from '../../ports/laneRecord.js';
import type { Refused, Unanswered } from '../../ports/upstream.js';
import { verdictOf } from '../answers/refusals.js';

/** The error of a read that failed: the service's words, and the reason code that a call with this answer gets. */
export function readFailure(target: TargetAddress, answer: Refused | Unanswered): GatewayError {
  return failureOf(target, verdictOf(answer));
}

/** As `readFailure`, from a reason code and words. */
export function failureOf(
  target: TargetAddress,
  { reasonCode, reason }: Pick<Verdict, 'reasonCode' | 'reason'>,
): GatewayError {
  const { administrator, service, region } = target;
  const throttled = reasonCode === 'THROTTLED';
  const words = withoutArns(reason ?? 'no reason given');
  return new GatewayError(
    throttled ? 'THROTTLED' : 'UPSTREAM_FAILED',
    `${service} in ${region} as ${administrator}: ${words}`,
    { details: { administrator, service, region, reasonCode: reasonCode ?? 'OTHER', reason: words } },
  );
}

/** The reason of an error of `readFailure`, for a result that continues without the target. Other errors are thrown again. */
export function reasonOfFailure(error: unknown): {
  readonly reasonCode: ReasonCode;
  readonly reason: string;
} {
  if (!(error instanceof GatewayError)) {
    throw error;
  }
  const reasonCode = REASON_CODES.find((code) => code === error.details['reasonCode']);
  if (reasonCode === undefined) {
    throw error;
  }
  return { reasonCode, reason: String(error.details['reason'] ?? error.message) };
}

/** The error of a read that waits while the process stops. */
export function gatewayStopping(): GatewayError {
  return new GatewayError('UNAVAILABLE', 'the gateway is stopping; try again in a moment');
}
