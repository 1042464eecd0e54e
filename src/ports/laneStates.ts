import type { TargetAddress } from '../membership.js';

/** How the lane of a target stands by the record. */
export interface LaneState {
  /** Requests that may leave at once, of the whole burst; the quota of all replicas. */
  readonly requestsLeft: number;
  /** UUID of the newest call; null when there was none. */
  readonly lastCallId: string | null;
  /** When a service last answered one of its newest calls with throttling; null when it did not. */
  readonly throttledAt: Date | null;
  /** The database's clock. */
  readonly at: Date;
}

/** Reads how lanes stand. */
export interface LaneStates {
  /** The states of configured targets, in their order: one statement. */
  of(targets: readonly TargetAddress[]): Promise<readonly LaneState[]>;
}
