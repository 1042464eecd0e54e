import type { Verdict } from './laneRecord.js';

/** The end of a doubt by hand. */
export interface DoubtEnd {
  /** The caller id of the person or program that settles the call. */
  readonly resolvedBy: string;
  /** Their reason. */
  readonly resolution: string;
  /** For every account of the call that is IN_FLIGHT. */
  readonly verdict: Verdict;
}

/** Settles calls in doubt by hand. */
export interface DoubtStore {
  /** False, and nothing changed, if the call is not in doubt (any more). */
  resolve(callId: string, end: DoubtEnd): Promise<boolean>;
}
