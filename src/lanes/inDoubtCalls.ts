import type { UnsettledCall } from '../ports/laneRecord.js';
import type { Unanswered } from '../ports/upstream.js';

/** Pause between read-backs of one call, in milliseconds: doubled after each failure, up to `longest`. Ours. */
const READ_BACK_PAUSE_MS = { first: 1_000, longest: 60_000 } as const;

/**
 * A call whose answer was lost or says nothing of single accounts: only a read-back of the members shows whether the
 * service did the work.
 */
export interface InDoubtCall {
  readonly call: UnsettledCall;
  /** The lost answer; null when an earlier holder of the lane lost it, and when the service did answer. */
  readonly lostAnswer: Unanswered | null;
  /** When the call began, in milliseconds of the lane's clock. */
  readonly startedAt: number;
  /** When the read-back is due, in milliseconds of the lane's clock. */
  readonly dueAt: number;
  readonly failedReads: number;
}

/** A call that has just come into doubt: its read-back is due at once. */
export function newInDoubt(call: UnsettledCall, lostAnswer: Unanswered | null, now: number): InDoubtCall {
  return { call, lostAnswer, startedAt: now - call.ageMs, dueAt: now, failedReads: 0 };
}

/** The call after a read-back that failed: due after a pause that grows with each failure. */
export function afterFailedRead(inDoubt: InDoubtCall, now: number): InDoubtCall {
  const pause = Math.min(READ_BACK_PAUSE_MS.first * 2 ** inDoubt.failedReads, READ_BACK_PAUSE_MS.longest);
  return { ...inDoubt, dueAt: now + pause, failedReads: inDoubt.failedReads + 1 };
}

/** The first call whose read-back is due; null when none is. */
export function firstDue(calls: readonly InDoubtCall[], now: number): InDoubtCall | null {
  return calls.find(({ dueAt }) => dueAt <= now) ?? null;
}

/** Milliseconds until a read-back is due; null without calls in doubt. */
export function waitForDue(calls: readonly InDoubtCall[], now: number): number | null {
  return calls.length === 0 ? null : Math.max(0, Math.min(...calls.map(({ dueAt }) => dueAt)) - now);
}
