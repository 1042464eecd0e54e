import type { Origin } from '../membership.js';

/** Reads how requests came. */
export interface OriginStore {
  /** In the order of the ids; null for a request that did not come over the network. Grants are the asker's affair. */
  originsOfRequests(requestIds: readonly string[]): Promise<(Origin | null)[]>;
}
