import { ACCOUNTS_PER_CALL } from '../membership.js';
import type { ClaimedCall, PendingWork, Settlement, UnsettledCall } from '../ports/laneRecord.js';
import { afterFailedRead, newInDoubt, type InDoubtCall } from './inDoubtCalls.js';
import { retryAfterMs, type Arrival, type Interpretation } from './interpretArrival.js';
import type { ClaimAttempt, DetectorForClaim, TenureState } from './tenureState.js';
import { hold, observeQuota, recover, slowDown, spend, type Pace } from './pace.js';

/** An arrival and its meaning, now recorded. */
export interface RecordedArrival {
  readonly arrival: Arrival;
  readonly interpretation: Interpretation;
}

/** Something that happens beside the lane's actions. */
type OutsideEvent =
  /** Accounts may have been added to the lane. */
  | { readonly kind: 'NEW_WORK' }
  /** The process is about to end. */
  | { readonly kind: 'STOPPING' }
  /** AWS has answered, or will not. */
  | { readonly kind: 'ARRIVED'; readonly arrival: Arrival }
  /** The database failed: the action under way may have been carried out or not. */
  | { readonly kind: 'DATABASE_FAILED' };

/** The result of an action (`LaneAction`), or of one step of it. */
type ActionResult =
  /** The oldest arrivals are in the record. */
  | { readonly kind: 'ARRIVALS_RECORDED'; readonly recorded: readonly RecordedArrival[] }
  /** Open calls of earlier holders, or of a claim without an answer, are this tenure's now. */
  | {
      readonly kind: 'OPEN_CALLS_ADOPTED';
      readonly calls: readonly UnsettledCall[];
      readonly secondsToFullBurst: number;
    }
  /** A GetMembers for this call has left. */
  | { readonly kind: 'READ_BACK_SENT'; readonly inDoubt: InDoubtCall }
  /** A ListDetectors has left. */
  | { readonly kind: 'LOOKUP_SENT' }
  | { readonly kind: 'DETECTOR_FOUND'; readonly detector: DetectorForClaim }
  | { readonly kind: 'PENDING_COUNTED'; readonly work: PendingWork }
  /** None: nothing may leave. */
  | { readonly kind: 'CALLS_CLAIMED'; readonly calls: readonly ClaimedCall[] }
  /** The record refused to release the lane, since work waits in it. */
  | { readonly kind: 'RELEASE_REFUSED' };

export type LaneEvent = OutsideEvent | ActionResult;

/** A call that is answered sooner than this is answered promptly, in milliseconds. Ours. */
const PROMPT_MS = 1_000;

/** The lane's state after an event. */
export function evolve(state: TenureState, event: LaneEvent, now: number): TenureState {
  if (event.kind === 'NEW_WORK') {
    return { ...state, newWork: true };
  }
  if (event.kind === 'STOPPING') {
    return { ...state, stopping: true };
  }
  if (event.kind === 'ARRIVED') {
    return {
      ...state,
      arrivals: [...state.arrivals, event.arrival],
      answersPromptly: event.arrival.kind === 'ANSWER' ? isPrompt(event.arrival, now) : state.answersPromptly,
      pace: hold(state.pace, retryAfterMs(event.arrival), now),
    };
  }
  if (event.kind === 'DATABASE_FAILED') {
    return { ...state, attempt: null, pending: null };
  }
  return afterResult(state, event, now);
}

function isPrompt({ answer, sentAt }: Extract<Arrival, { kind: 'ANSWER' }>, now: number): boolean {
  return answer.kind !== 'UNANSWERED' && now - sentAt < PROMPT_MS;
}

function afterResult(state: TenureState, event: ActionResult, now: number): TenureState {
  switch (event.kind) {
    case 'ARRIVALS_RECORDED':
      return afterRecording(state, event.recorded, now);
    case 'OPEN_CALLS_ADOPTED':
      return afterAdoption(state, event.calls, event.secondsToFullBurst, now);
    case 'READ_BACK_SENT':
      return afterReadBackSent(state, event.inDoubt, now);
    case 'LOOKUP_SENT':
      return { ...state, pace: spend(state.pace, { partial: false }, now) };
    case 'DETECTOR_FOUND':
      return inAttempt(state, { detector: event.detector });
    case 'PENDING_COUNTED':
      return afterCount(state, event.work, now);
    case 'CALLS_CLAIMED':
      return event.calls.length === 0
        ? inAttempt({ ...state, openCallsKnown: true }, { isOver: true, counted: null })
        : event.calls.reduce((before, call) => afterClaim(before, call, now), state);
    case 'RELEASE_REFUSED':
      return { ...state, pending: null, emptySince: null };
  }
}

function afterAdoption(
  state: TenureState,
  calls: readonly UnsettledCall[],
  secondsToFullBurst: number,
  now: number,
): TenureState {
  const inDoubt = [...state.inDoubt, ...calls.map((call) => newInDoubt(call, null, now))];
  return { ...state, openCallsKnown: true, inDoubt, pace: observeQuota(state.pace, secondsToFullBurst, now) };
}

function afterReadBackSent(state: TenureState, sent: InDoubtCall, now: number): TenureState {
  return {
    ...state,
    inDoubt: state.inDoubt.filter((one) => one !== sent),
    readingBack: [...state.readingBack, sent],
    pace: spend(state.pace, { partial: false }, now),
    emptySince: null,
  };
}

function afterCount(state: TenureState, work: PendingWork, now: number): TenureState {
  const pace = observeQuota(state.pace, work.secondsToFullBurst, now);
  return inAttempt({ ...state, pending: work.outcomes, pace }, { counted: work });
}

function inAttempt(state: TenureState, change: Partial<ClaimAttempt>): TenureState {
  return state.attempt === null ? state : { ...state, attempt: { ...state.attempt, ...change } };
}

function afterClaim(state: TenureState, call: ClaimedCall, now: number): TenureState {
  const partial = call.accounts.length < ACCOUNTS_PER_CALL;
  return {
    ...state,
    openCallsKnown: true,
    inFlight: [...state.inFlight, call],
    pending: call.pendingInLane,
    pace: observeQuota(spend(state.pace, { partial }, now), call.secondsToFullBurst, now),
    emptySince: null,
    attempt: null,
  };
}

function afterRecording(state: TenureState, recorded: readonly RecordedArrival[], now: number): TenureState {
  const returned = recorded.some(
    ({ interpretation }) => 'settlement' in interpretation && mayReturn(interpretation.settlement),
  );
  const after = recorded.reduce((before, one) => closeRequest(before, one, now), state);
  return {
    ...after,
    arrivals: state.arrivals.slice(recorded.length),
    nextClaimAt: -Infinity,
    pending: returned ? null : state.pending,
  };
}

/** Whether some accounts of the call go back to PENDING. */
function mayReturn({ defaultVerdict, exceptions }: Settlement): boolean {
  return defaultVerdict?.retry === true || [...exceptions.values()].some(({ retry }) => retry);
}

function closeRequest(
  state: TenureState,
  { arrival, interpretation }: RecordedArrival,
  now: number,
): TenureState {
  const nextInDoubt = stillInDoubt(interpretation, now);
  return {
    ...state,
    inFlight:
      arrival.kind === 'ANSWER' ? state.inFlight.filter((one) => one !== arrival.call) : state.inFlight,
    readingBack:
      arrival.kind === 'READ_BACK'
        ? state.readingBack.filter((one) => one !== arrival.inDoubt)
        : state.readingBack,
    inDoubt: nextInDoubt === null ? state.inDoubt : [...state.inDoubt, nextInDoubt],
    pace: paceAfter(state.pace, interpretation, now),
  };
}

function stillInDoubt(interpretation: Interpretation, now: number): InDoubtCall | null {
  switch (interpretation.kind) {
    case 'SETTLES':
      return null;
    case 'ACKNOWLEDGED':
      return newInDoubt(interpretation.call, null, now);
    case 'LOST':
      return newInDoubt(interpretation.call, interpretation.answer, now);
    case 'CLEARED':
      return null;
    case 'PARTLY_READ_BACK':
    case 'REJECTED':
    case 'READ_BACK_FAILED':
      return afterFailedRead(interpretation.inDoubt, now);
    case 'TOO_EARLY':
      return { ...interpretation.inDoubt, dueAt: now + interpretation.waitMs };
  }
}

function paceAfter(pace: Pace, interpretation: Interpretation, now: number): Pace {
  if (interpretation.kind === 'ACKNOWLEDGED') {
    return recover(pace, now);
  }
  if (interpretation.kind !== 'SETTLES' || interpretation.throttled === null) {
    return pace;
  }
  return interpretation.throttled ? slowDown(pace, now) : recover(pace, now);
}
