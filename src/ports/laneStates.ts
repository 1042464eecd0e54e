import type { TargetAddress } from '../membership.js';

/** The state of a target's lane, from the record. */
export interface LaneState {
  /** Requests of the burst that may leave at once, for all replicas together. */
  readonly requestsLeft: number;
  /** UUID of the newest call; null when there was none. */
  readonly lastCallId: string | null;
  /** Time of the last throttling among the lane's newest 100 calls; null without one. */
  readonly throttledAt: Date | null;
  /** The database's clock. */
  readonly at: Date;
}

/** Reads the states of lanes. */
export interface LaneStates {
  /** The states of the lanes of configured targets, in the order of the targets, read in one statement. */
  of(targets: readonly TargetAddress[]): Promise<readonly LaneState[]>;
}
