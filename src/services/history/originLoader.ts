import DataLoader from 'dataloader';
import type { Origin } from '../../membership.js';
import type { OriginStore } from '../../ports/origins.js';

/** The origin of a request that the caller has been shown. All reads of one tick are one statement. */
export type OriginLoader = (requestId: string) => Promise<Origin | null>;

/** A loader for one operation of one caller. */
export function createOriginLoader(store: OriginStore): OriginLoader {
  const loader = new DataLoader((ids: readonly string[]) => store.originsOfRequests(ids));
  return (requestId) => loader.load(requestId);
}
