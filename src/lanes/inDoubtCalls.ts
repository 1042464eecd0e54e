import type { UnsettledCall } from '../ports/laneRecord.js';
import type { Unanswered } from '../ports/upstream.js';

/**
 * A call whose answer was lost, or said nothing of accounts: nobody knows whether the service did the work until the
 * members are read back.
 */
export interface Doubt {
  readonly call: UnsettledCall;
  /** What is known of the loss; null when it happened to an earlier holder of the lane, and when there was an answer. */
  readonly lost: Unanswered | null;
}

/** Pause between read-backs of one call, in milliseconds: doubled each time, up to the second figure. */
const READ_BACK_PAUSE_MS = { first: 1_000, longest: 60_000 } as const;

/** The lane's doubtful calls, and when each is next worth a read-back. */
export interface Doubts {
  add(doubt: Doubt): void;
  /** Takes the next one that is due; null when none is. */
  takeDue(): Doubt | null;
  /**
   * The read-back told nothing, or not enough: the doubt comes back later. Nothing is guessed meanwhile.
   *
   * @param at when, as a time in milliseconds; null: after a pause that grows with each failure.
   */
  putBack(doubt: Doubt, at: number | null): void;
  /** Milliseconds until one is due; null when there is none. */
  wait(): number | null;
}

export function createDoubts(): Doubts {
  const waiting: { doubt: Doubt; dueAt: number }[] = [];
  const failures = new Map<string, number>();

  const nextTry = ({ call }: Doubt): number => {
    const times = failures.get(call.callId) ?? 0;
    failures.set(call.callId, times + 1);
    return Date.now() + Math.min(READ_BACK_PAUSE_MS.first * 2 ** times, READ_BACK_PAUSE_MS.longest);
  };

  return {
    add: (doubt) => void waiting.push({ doubt, dueAt: Date.now() }),
    takeDue() {
      const index = waiting.findIndex(({ dueAt }) => dueAt <= Date.now());
      return index === -1 ? null : (waiting.splice(index, 1)[0]?.doubt ?? null);
    },
    putBack: (doubt, at) => void waiting.push({ doubt, dueAt: at ?? nextTry(doubt) }),
    wait: () =>
      waiting.length === 0 ? null : Math.max(0, Math.min(...waiting.map(({ dueAt }) => dueAt)) - Date.now()),
  };
}
