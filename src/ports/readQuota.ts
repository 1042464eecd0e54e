import type { TargetAddress } from '../membership.js';

/** The share of a target's quota that a live read was granted. */
export interface ReadTurn {
  /** Requests that may leave now; the quota is charged for them. 0 when the quota is used up. */
  readonly granted: number;
  /** Milliseconds until the next request may be granted; 0 when some were granted now. */
  readonly wait: number;
  /** The database's clock, before any answer to a request that leaves now. */
  readonly at: Date;
}

/**
 * The quota of requests to a target for live reads. All replicas share it, with each other and with the calls of the
 * target's lane.
 */
export interface ReadQuota {
  /** Charges the quota for the number of requests that may leave now, at most `requests` (at least 1). */
  reserve(target: TargetAddress, requests: number): Promise<ReadTurn>;
}
