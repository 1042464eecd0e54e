import type { Origin } from '../membership.js';

/** Reads the origins of requests. */
export interface OriginStore {
  /** In the order of the ids; null for a request that did not arrive over the network. Does not check grants. */
  originsOfRequests(requestIds: readonly string[]): Promise<(Origin | null)[]>;
}
