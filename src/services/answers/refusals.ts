import type { MembershipOperation, ReasonCode } from '../../membership.js';
import type { Verdict } from '../../ports/laneRecord.js';
import type { CallAnswer, Refused, Unanswered } from '../../ports/upstream.js';
import { classifyUnprocessed } from './reasonPatterns.js';
import { isRetryable } from './retryPolicy.js';

/** A call that was refused or has no answer. */
export interface Failure {
  /** The exception's name, e.g. `BadRequestException`. */
  readonly errorCode: string;
  readonly errorMessage: string;
  /** Null when no HTTP answer came. */
  readonly httpStatus: number | null;
  /** The operation that changes members; absent for a read. */
  readonly operation?: MembershipOperation | undefined;
}

/** Exceptions that mean the same in either service (UPSTREAMS.md, "Whole-call refusals"). */
const REASON_BY_ERROR: Readonly<Record<string, ReasonCode>> = {
  AccessDenied: 'ACCESS_DENIED',
  AccessDeniedException: 'ACCESS_DENIED',
  AdministratorNotConfigured: 'ACCESS_DENIED',
  AuthFailure: 'ACCESS_DENIED',
  IncompleteSignature: 'ACCESS_DENIED',
  InvalidClientTokenId: 'ACCESS_DENIED',
  InvalidSignatureException: 'ACCESS_DENIED',
  MissingAuthenticationToken: 'ACCESS_DENIED',
  MissingAuthenticationTokenException: 'ACCESS_DENIED',
  NotAuthorized: 'ACCESS_DENIED',
  RegionDisabledException: 'ACCESS_DENIED',
  SignatureDoesNotMatch: 'ACCESS_DENIED',
  UnrecognizedClientException: 'ACCESS_DENIED',
  WrongAccount: 'ACCESS_DENIED',

  InvalidAccessException: 'SERVICE_NOT_ENABLED',
  OptInRequired: 'SERVICE_NOT_ENABLED',
  SubscriptionRequiredException: 'SERVICE_NOT_ENABLED',

  BandwidthLimitExceeded: 'THROTTLED',
  LimitExceededException: 'THROTTLED',
  RequestLimitExceeded: 'THROTTLED',
  RequestThrottled: 'THROTTLED',
  RequestThrottledException: 'THROTTLED',
  SlowDown: 'THROTTLED',
  ThrottledException: 'THROTTLED',
  Throttling: 'THROTTLED',
  ThrottlingException: 'THROTTLED',
  TooManyRequestsException: 'THROTTLED',

  InternalException: 'INTERNAL_ERROR',
  InternalFailure: 'INTERNAL_ERROR',
  InternalServerErrorException: 'INTERNAL_ERROR',
  RequestTimeout: 'INTERNAL_ERROR',
  RequestTimeoutException: 'INTERNAL_ERROR',
  ServiceUnavailable: 'INTERNAL_ERROR',

  // Credentials that have expired are renewed, here or by another program.
  CredentialsProviderError: 'UNREACHABLE',
  ExpiredToken: 'UNREACHABLE',
  ExpiredTokenException: 'UNREACHABLE',
  RequestExpired: 'UNREACHABLE',
  TokenProviderError: 'UNREACHABLE',
  TokenRefreshRequired: 'UNREACHABLE',
};

/** The names of errors for too many requests. */
export const THROTTLING_ERRORS: readonly string[] = Object.keys(REASON_BY_ERROR).filter(
  (name) => REASON_BY_ERROR[name] === 'THROTTLED',
);

const REASON_BY_STATUS: Readonly<Record<number, ReasonCode>> = {
  401: 'ACCESS_DENIED',
  403: 'ACCESS_DENIED',
  429: 'THROTTLED',
};

/** Part of GuardDuty's 400 for a detector that does not exist, is another account's, or is malformed. */
const UNKNOWN_DETECTOR = /detector\s?id (is not owned by the current account|has an invalid value)/i;

/** Security Hub's name for an account that has not enabled it, and for one that may not act for the organization. */
const INVALID_ACCESS = 'InvalidAccessException';

/** Part of the text of the second. */
const NOT_ADMINISTRATOR = /is not an administrator for/i;

/** The name that means a throttle or a quota; its text tells which (UPSTREAMS.md, "Whole-call refusals"). */
const LIMIT_EXCEEDED = 'LimitExceededException';

/** Part of a text about a quota of the account. AWS's text for both, "account or throttling limits", is none. */
const QUOTA = /beyond the current (\S+ ){0,4}account limits|maximum number of/i;

/** The refusals that look like throttling by their name or status, and are none. */
export const QUOTA_REFUSAL = { errorCode: LIMIT_EXCEEDED, errorMessage: QUOTA.source } as const;

/** The verdict on GuardDuty's accounts in a region without a detector (UPSTREAMS.md, "GuardDuty"). */
export const NO_DETECTOR: Verdict = {
  status: 'FAILED',
  reasonCode: 'SERVICE_NOT_ENABLED',
  reason: 'ListDetectors found no detector: GuardDuty is not enabled in this account and region.',
  retry: false,
  processedIfInDoubt: false,
};

/**
 * Why a whole call failed, and whether it may be sent again. The error's name decides; if the name is too general (a 400
 * BadRequestException covers many reasons), its text; then its status. 5xx is INTERNAL_ERROR; a call without a readable
 * answer is UNREACHABLE.
 */
export function classifyRefusal(failure: Failure): {
  readonly reasonCode: ReasonCode;
  readonly retry: boolean;
} {
  const reasonCode = reasonOf(failure);
  return { reasonCode, retry: isRetryable(reasonCode) };
}

/** The verdict on every account of a call that failed as a whole. */
export function verdictOf(answer: Refused | Unanswered, operation?: MembershipOperation): Verdict {
  const { errorCode, errorMessage } = answer;
  const { httpStatus } = answer.metadata;
  // The status of an unreadable answer means nothing, unless it is a 5xx of the service.
  const unread = answer.kind === 'UNANSWERED' && httpStatus !== null && httpStatus < 500;
  const { reasonCode, retry } = classifyRefusal({
    errorCode,
    errorMessage,
    httpStatus: unread ? null : httpStatus,
    operation,
  });
  return {
    status: 'FAILED',
    reasonCode,
    reason: errorMessage || errorCode,
    retry,
    processedIfInDoubt: false,
  };
}

/** Whether the service answered that it got too many requests. */
export function isThrottled(answer: CallAnswer | { readonly kind: 'READ' }): boolean {
  const failed = answer.kind === 'REFUSED' || answer.kind === 'UNANSWERED';
  return failed && verdictOf(answer).reasonCode === 'THROTTLED';
}

function reasonOf(failure: Failure): ReasonCode {
  const { errorMessage, httpStatus } = failure;
  if (httpStatus !== null && httpStatus >= 500) {
    return 'INTERNAL_ERROR';
  }
  const named = namedReason(failure);
  if (named !== undefined) {
    return named;
  }
  if (httpStatus === null || httpStatus < 400) {
    return 'UNREACHABLE';
  }
  if (UNKNOWN_DETECTOR.test(errorMessage)) {
    return 'DETECTOR_NOT_FOUND';
  }
  const told = classifyUnprocessed(errorMessage);
  return told === 'OTHER' ? (REASON_BY_STATUS[httpStatus] ?? 'OTHER') : told;
}

/** The reason that an error's name stands for. Two names have a second meaning, which their text tells. */
function namedReason(failure: Failure): ReasonCode | undefined {
  const { errorCode, errorMessage } = failure;
  if (errorCode === LIMIT_EXCEEDED && QUOTA.test(errorMessage)) {
    return quotaOf(failure);
  }
  if (errorCode === INVALID_ACCESS && NOT_ADMINISTRATOR.test(errorMessage)) {
    return 'ACCESS_DENIED';
  }
  return Object.hasOwn(REASON_BY_ERROR, errorCode) ? REASON_BY_ERROR[errorCode] : undefined;
}

/** The quota that a text names, else the one that the operation counts against. */
function quotaOf({ errorMessage, operation }: Failure): ReasonCode {
  const told = classifyUnprocessed(errorMessage);
  if (told === 'MEMBER_LIMIT_REACHED' || told === 'INVITATION_LIMIT_REACHED') {
    return told;
  }
  return operation === 'INVITE_MEMBERS' ? 'INVITATION_LIMIT_REACHED' : 'MEMBER_LIMIT_REACHED';
}
