import { newTenure, type TenureState } from '../../src/lanes/tenureState.js';
import { fullPace } from '../../src/lanes/pace.js';
import type { ClaimedCall, UnsettledCall } from '../../src/ports/laneRecord.js';
import type { Answered, Refused, Unanswered } from '../../src/ports/upstream.js';

export const RATE = { perSecond: 10, burst: 5 };
export const CALLS_IN_FLIGHT = 3;
/** Calls that may be claimed ahead of three in flight. */
export const CALLS_AHEAD = 2;
const METADATA = { httpStatus: 200, awsRequestId: 'r', attempts: 1 };

export const ANSWERED: Answered = { kind: 'ANSWERED', metadata: METADATA, unprocessed: [] };
export const THROTTLED: Refused = {
  kind: 'REFUSED',
  metadata: { ...METADATA, httpStatus: 429 },
  errorCode: 'TooManyRequestsException',
  errorMessage: 'Rate exceeded',
};
export const LOST: Unanswered = {
  kind: 'UNANSWERED',
  metadata: { ...METADATA, httpStatus: null },
  errorCode: 'ECONNRESET',
  errorMessage: 'socket hang up',
  neverSent: false,
};

/** A tenure at time 0 with nothing to adopt. */
export function heldLane(changes: Partial<TenureState> = {}): TenureState {
  return { ...newTenure(fullPace(RATE), CALLS_IN_FLIGHT, 0), openCallsKnown: true, ...changes };
}

export function claimedCall(callId: string, accounts = 50, changes: Partial<ClaimedCall> = {}): ClaimedCall {
  return {
    callId,
    operation: 'CREATE_MEMBERS',
    batchKey: 'CREATE_MEMBERS',
    detectorId: null,
    detectorPinned: false,
    message: null,
    disableEmailNotification: null,
    accounts: Array.from({ length: accounts }, (_, index) => ({ accountId: String(index), email: null })),
    startedAt: new Date(0),
    pendingInLane: 0,
    secondsToFullBurst: 0,
    ...changes,
  };
}

export function unsettledCall(callId: string, changes: Partial<UnsettledCall> = {}): UnsettledCall {
  return {
    callId,
    operation: 'CREATE_MEMBERS',
    detectorId: null,
    accountIds: ['0', '1'],
    startedAt: new Date(0),
    ageMs: 0,
    acknowledged: false,
    ...changes,
  };
}
