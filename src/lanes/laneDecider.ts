import { ACCOUNTS_PER_CALL } from '../membership.js';
import { firstDue, waitForDue, type InDoubtCall } from './inDoubtCalls.js';
import type { Arrival } from './interpretArrival.js';
import { knownCallIds, openRequests, type ClaimAttempt, type TenureState } from './tenureState.js';
import { isHeld, isWhole, requestsNow, waitForPartial, waitForQuota } from './pace.js';

/** Pause after a claim that found nothing, in milliseconds: accounts that arrive meanwhile are claimed together. Ours. */
const EMPTY_CLAIM_PAUSE_MS = 20;

/** Time until work that waits for other calls is tried again without a notification, in milliseconds. Ours. */
const BLOCKED_WORK_POLL_MS = 200;

/** How long a worker stays with an empty lane, in milliseconds: the next account then needs no job. Ours. */
const EMPTY_LANE_LINGER_MS = 60_000;

/** Most calls of a lane that one statement claims or settles: the calls of other lanes wait for it. Ours. */
const CALLS_PER_STATEMENT = 5;

/**
 * Calls that may be claimed ahead of those in flight, as a share of them. They leave the moment an answer makes room, without
 * waiting for a statement. Ours.
 */
const SHARE_AHEAD = 0.5;

/** The one thing to do next. All but SLEEP are at least one statement of the record. */
export type LaneAction =
  /** Record these answers. */
  | { readonly kind: 'RECORD_ARRIVALS'; readonly arrivals: readonly Arrival[] }
  /** Take over the lane's open calls but for those with these ids. */
  | { readonly kind: 'ADOPT_OPEN_CALLS'; readonly knownCallIds: readonly string[] }
  /** Read the members of this call back. */
  | { readonly kind: 'READ_BACK'; readonly inDoubt: InDoubtCall }
  | { readonly kind: 'FIND_DETECTOR' }
  | { readonly kind: 'COUNT_PENDING' }
  /** Claim at most this number of calls, several only if all are full, and send them. */
  | {
      readonly kind: 'CLAIM';
      readonly mostCalls: number;
      readonly detectorId: string | null;
      readonly busyBatchKeys: readonly string[];
      readonly fullOnly: boolean;
    }
  /** Sleep until a notification, for at most this number of milliseconds (null: no limit). */
  | { readonly kind: 'SLEEP'; readonly limitMs: number | null }
  /** Give the lane up if nothing waits in it. */
  | { readonly kind: 'RELEASE' }
  /** Give the lane up, with a new job if work waits in it. */
  | { readonly kind: 'HAND_OVER' };

/** The next action, and the lane's state with that action under way. */
export interface Decision {
  readonly state: TenureState;
  readonly action: LaneAction;
}

const NEW_ATTEMPT: ClaimAttempt = { detector: null, isOver: false, partialWaitMs: 0, counted: null };

/**
 * Decides what a lane does next, from its state and the time alone. The events that the action brings about (`evolve`)
 * come before the next decision.
 *
 * - Answers are recorded before anything new is sent, and open calls of earlier holders are adopted before that.
 * - A request leaves only within the pace, not before the service allows it (Retry-After), and only below the limit of requests in flight;
 *   full calls are claimed a little ahead of that limit while they will leave soon.
 * - Read-backs that are due come before new calls.
 * - A partial call leaves only when no other call is in flight (Nagle's rule), and within the pace of partial calls.
 */
export function decide(state: TenureState, now: number): Decision {
  if (state.attempt !== null && !isHeld(state.pace, now)) {
    return continueAttempt(state, state.attempt, now);
  }
  return decideWithoutAttempt({ ...state, attempt: null }, now);
}

function decideWithoutAttempt(state: TenureState, now: number): Decision {
  const { arrivals, pace, nextClaimAt } = state;
  if (arrivals.length > 0) {
    return { state, action: { kind: 'RECORD_ARRIVALS', arrivals: arrivals.slice(0, CALLS_PER_STATEMENT) } };
  }
  if (state.stopping || now > state.handOverAt) {
    return openRequests(state) === 0 ? { state, action: { kind: 'HAND_OVER' } } : sleep(state, null);
  }
  if (!state.openCallsKnown) {
    return { state, action: { kind: 'ADOPT_OPEN_CALLS', knownCallIds: knownCallIds(state) } };
  }
  const wait = Math.max(waitForQuota(pace, now), nextClaimAt - now);
  if (wait > 0) {
    return sleep(state, wait);
  }
  return openRequests(state) >= mostOpen(state, now) ? sleep(state, null) : startRequest(state, now);
}

/**
 * Most open requests: those in flight, and calls claimed ahead of them. Nothing is claimed ahead unless full calls wait and will
 * leave soon: the service answers promptly, the quota is no limit, and no read-back is due.
 */
function mostOpen(state: TenureState, now: number): number {
  const { callsInFlight, answersPromptly, pace, pending, inDoubt } = state;
  const mayClaimAhead =
    answersPromptly &&
    isWhole(pace, now) &&
    (pending ?? 0) >= ACCOUNTS_PER_CALL &&
    firstDue(inDoubt, now) === null;
  return callsInFlight + (mayClaimAhead ? Math.ceil(callsInFlight * SHARE_AHEAD) : 0);
}

/** A request may leave: a read-back that is due, else a call if something waits. */
function startRequest(state: TenureState, now: number): Decision {
  const current = state.newWork ? { ...state, newWork: false, pending: null } : state;
  const inDoubt = firstDue(current.inDoubt, now);
  if (inDoubt !== null) {
    return { state: current, action: { kind: 'READ_BACK', inDoubt } };
  }
  return current.pending === 0
    ? waitForWork(current, [], now)
    : { state: { ...current, attempt: NEW_ATTEMPT }, action: { kind: 'FIND_DETECTOR' } };
}

function continueAttempt(state: TenureState, attempt: ClaimAttempt, now: number): Decision {
  if (attempt.detector === null) {
    return { state, action: { kind: 'FIND_DETECTOR' } };
  }
  if (!attempt.isOver) {
    const partialWaitMs = waitForPartial(state.pace, now);
    const partialMayLeave = partialWaitMs === 0 && state.inFlight.length === 0;
    if (partialMayLeave || (state.pending ?? 0) >= ACCOUNTS_PER_CALL) {
      return claim(state, { ...attempt, partialWaitMs }, attempt.detector.detectorId, now);
    }
    if (state.pending !== null) {
      const over = { ...attempt, isOver: true, partialWaitMs };
      return continueAttempt({ ...state, attempt: over }, over, now);
    }
  }
  return attempt.counted === null
    ? { state, action: { kind: 'COUNT_PENDING' } }
    : endAttempt(state, attempt, now);
}

/** Until its answer is known, the claim may have been committed: a failure then leaves an open call to adopt. */
function claim(state: TenureState, attempt: ClaimAttempt, detectorId: string | null, now: number): Decision {
  const busyBatchKeys = [...new Set(state.inFlight.map(({ batchKey }) => batchKey))];
  const open = openRequests(state);
  const fullOnly = attempt.partialWaitMs > 0 || open >= state.callsInFlight;
  const mayLeave = Math.min(mostOpen(state, now) - open, requestsNow(state.pace, now));
  const mostCalls = Math.max(1, Math.min(mayLeave, CALLS_PER_STATEMENT));
  return {
    state: { ...state, attempt, openCallsKnown: false },
    action: { kind: 'CLAIM', mostCalls, detectorId, busyBatchKeys, fullOnly },
  };
}

/** Nothing may leave now: waits for the accounts that are not due yet, or for those that something else holds up. */
function endAttempt(
  state: TenureState,
  { detector, partialWaitMs, counted }: ClaimAttempt,
  now: number,
): Decision {
  const dueInMs = counted?.dueInMs ?? null;
  const isHeldUp = dueInMs !== null && dueInMs <= 0;
  const waitMs = isHeldUp ? partialWaitMs || BLOCKED_WORK_POLL_MS : dueInMs;
  const nextClaimAt = isHeldUp ? now + EMPTY_CLAIM_PAUSE_MS : state.nextClaimAt;
  return waitForWork({ ...state, attempt: null, nextClaimAt }, [waitMs, detector?.waitMs ?? null], now);
}

/** Sleeps until the first of these waits is over, or of the read-backs that are due later; lingers in an empty lane. */
function waitForWork(state: TenureState, waits: readonly (number | null)[], now: number): Decision {
  const known = [...waits, waitForDue(state.inDoubt, now)].filter((wait) => wait !== null);
  if (known.length > 0) {
    return sleep(state, Math.min(...known));
  }
  if (openRequests(state) > 0) {
    return sleep(state, null);
  }
  const emptySince = state.emptySince ?? now;
  const lingerMs = emptySince + EMPTY_LANE_LINGER_MS - now;
  const empty = { ...state, emptySince };
  return lingerMs > 0 ? sleep(empty, lingerMs) : { state: empty, action: { kind: 'RELEASE' } };
}

function sleep(state: TenureState, limitMs: number | null): Decision {
  return { state, action: { kind: 'SLEEP', limitMs: limitMs === null ? null : Math.ceil(limitMs) } };
}
