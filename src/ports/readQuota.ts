import type { TargetAddress } from '../membership.js';

/** What a reader of live members was given of a target's quota. */
export interface ReadTurn {
  /** Requests that may leave now, and have been taken from the quota; 0 when it is used up. */
  readonly granted: number;
  /** Milliseconds until it is worth asking again; 0 when something was granted. */
  readonly wait: number;
  /** The database's clock: whatever leaves now is answered later. */
  readonly at: Date;
}

/**
 * The quota of requests to a target, as far as live reads may use it: shared with the calls of the target's lane, and
 * between all replicas, whoever holds the lane.
 */
export interface ReadQuota {
  /** Takes as many of the wanted requests (at least 1) as may leave now. */
  reserve(target: TargetAddress, wanted: number): Promise<ReadTurn>;
}
