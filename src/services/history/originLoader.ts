import DataLoader from 'dataloader';
import type { Origin } from '../../membership.js';
import type { OriginStore } from '../../ports/origins.js';

/** How requests that the caller has been shown came: all that are asked for in the same moment, in one statement. */
export type OriginLoader = (requestId: string) => Promise<Origin | null>;

/** A loader for one operation. */
export function createOriginLoader(store: OriginStore): OriginLoader {
  const loader = new DataLoader((ids: readonly string[]) => store.originsOfRequests(ids));
  return (requestId) => loader.load(requestId);
}
