import { GatewayError, withoutArns } from '../../errors.js';
import { REASON_CODES, type ReasonCode, type TargetAddress } from '../../membership.js';
import type { Verdict } from '../../ports/laneRecord.js';
import type { Refused, Unanswered } from '../../ports/upstream.js';
import { verdictOf } from '../answers/refusals.js';

/** Why a target could not be read, for the one who asked: the service's words, and the reason code of a call that fails so. */
export function readFailure(target: TargetAddress, answer: Refused | Unanswered): GatewayError {
  return failureOf(target, verdictOf(answer));
}

/** As `readFailure`, where it is known already what becomes of every account. */
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

/** Why a target could not be read, as an answer shows it that goes on without it. Any other error is thrown again. */
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
