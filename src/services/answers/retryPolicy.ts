import {
  RETRYABLE_REASONS,
  STATUSES_WITH_REASON,
  type OutcomeStatus,
  type ReasonCode,
} from '../../membership.js';
import type { RetryDelays } from '../../ports/laneRecord.js';

/**
 * Seconds to wait after each send of an account whose result may be cured by another one: at most six sends in 15.5
 * seconds. Ours, not AWS's: long enough for a throttled bucket to refill and for a restart on AWS's side, short enough
 * for a caller who waits. No jitter: a lane has one worker, and its rate spreads what comes back at the same moment.
 */
export const RETRY_DELAYS: RetryDelays = [0.5, 1, 2, 4, 8];

/** Whether another send may cure it (membership.ts). */
export function isRetryable(reasonCode: ReasonCode): boolean {
  return RETRYABLE_REASONS.includes(reasonCode);
}

/** Whether an outcome ended with a retryable reason. */
export function mayBeRetried(outcome: {
  readonly status: OutcomeStatus;
  readonly reasonCode: ReasonCode | null;
}): boolean {
  const { status, reasonCode } = outcome;
  return STATUSES_WITH_REASON.includes(status) && reasonCode !== null && isRetryable(reasonCode);
}
