import type { ClaimedCall, PendingWork } from '../ports/laneRecord.js';
import type { InDoubtCall } from './inDoubtCalls.js';
import type { Arrival } from './interpretArrival.js';
import type { Pace } from './pace.js';

/** Longest tenure, in milliseconds; then the lane is handed over, well before pg-boss would expire its job (2 h). */
const MAX_TENURE_MS = 3_600_000;

/** Everything a worker knows of the lane it holds. Times are milliseconds of one clock that never goes back. */
export interface TenureState {
  /** Most requests to AWS at once: calls and read-backs together. */
  readonly callsInFlight: number;
  readonly handOverAt: number;
  readonly pace: Pace;
  /** The process is about to end: settle what is in flight, send nothing new. */
  readonly stopping: boolean;
  /** False at first, and from the start of a claim to its answer: the record may have open calls that are not here. */
  readonly openCallsKnown: boolean;
  /** Calls that were claimed and are not recorded as answered. */
  readonly inFlight: readonly ClaimedCall[];
  /** Calls in doubt that wait for their read-back. */
  readonly inDoubt: readonly InDoubtCall[];
  /** Calls in doubt whose read-back is under way, or back and not recorded. */
  readonly readingBack: readonly InDoubtCall[];
  /** Answers that are not recorded yet, oldest first. */
  readonly arrivals: readonly Arrival[];
  /** Accounts may have been added to the lane since `pending` was read. */
  readonly newWork: boolean;
  /** The service has answered the last call within a second. */
  readonly answersPromptly: boolean;
  /** Outcomes that are PENDING in the lane, as last read; null when that may have changed. */
  readonly pending: number | null;
  /** No claim before: the last one found nothing that may leave. */
  readonly nextClaimAt: number;
  /** Since when the lane is empty; null when it is not. */
  readonly emptySince: number | null;
  /** The claim that is being prepared; null between claims. */
  readonly attempt: ClaimAttempt | null;
}

/** How far an attempt to claim a call has come. */
export interface ClaimAttempt {
  /** Null until FIND_DETECTOR has its result. */
  readonly detector: DetectorForClaim | null;
  /** True once a claim has found nothing, or would find nothing. */
  readonly isOver: boolean;
  /** Milliseconds until a partial call might leave, when that was decided. */
  readonly partialWaitMs: number;
  /** The work in the lane, read since the last claim; null before. */
  readonly counted: PendingWork | null;
}

/** The detector a claim may use; null for Security Hub and when there is none, with the wait until another lookup. */
export interface DetectorForClaim {
  readonly detectorId: string | null;
  /** Milliseconds; null when another lookup is of no use. */
  readonly waitMs: number | null;
}

/** The state of a tenure that has just begun. */
export function newTenure(pace: Pace, callsInFlight: number, now: number): TenureState {
  return {
    callsInFlight,
    handOverAt: now + MAX_TENURE_MS,
    pace,
    stopping: false,
    openCallsKnown: false,
    inFlight: [],
    inDoubt: [],
    readingBack: [],
    arrivals: [],
    newWork: false,
    answersPromptly: false,
    pending: null,
    nextClaimAt: -Infinity,
    emptySince: null,
    attempt: null,
  };
}

/** Requests to AWS that are under way, wait for room, or are back and not recorded. */
export function openRequests({ inFlight, readingBack }: TenureState): number {
  return inFlight.length + readingBack.length;
}

/** Ids of all calls of this tenure that are not settled. */
export function knownCallIds({ inFlight, inDoubt, readingBack }: TenureState): string[] {
  return [
    ...inFlight.map(({ callId }) => callId),
    ...[...inDoubt, ...readingBack].map(({ call }) => call.callId),
  ];
}
