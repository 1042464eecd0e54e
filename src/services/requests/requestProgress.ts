import { Repeater } from '@repeaterjs/repeater';
import type { ProgressStore } from '../../ports/progress.js';
import type { RequestEvents } from '../../ports/requests.js';

/** Time between two reads of the followed requests, in milliseconds: fast enough for a person who watches. */
const READ_INTERVAL_MS = 300;

/** Follows requests for subscriptions. */
export interface RequestProgress {
  /**
   * Yields the request's id at once, after each change of its counts or status, and a last time when the request has
   * finished; then it ends. For a request that does not exist it ends at once. It also ends when the consumer returns.
   */
  follow(requestId: string): AsyncIterable<string>;
}

/** A subscription to one request. */
interface Follower {
  readonly requestId: string;
  /** The version that was yielded last; null before the first. */
  version: string | null;
  yieldId(): void;
  end(): void;
}

/**
 * Reads the progress of all followed requests of this process in one statement per READ_INTERVAL_MS, and in none while no
 * request is followed. Reads a request at once when NOTIFY reports its end.
 *
 * @param stopping ends every subscription: the process stops.
 */
export function createRequestProgress(
  store: ProgressStore,
  events: RequestEvents,
  stopping: AbortSignal,
  onFailure: (error: unknown) => void,
): RequestProgress {
  const followers = new Set<Follower>();
  let timer: NodeJS.Timeout | undefined;

  const readAll = (): void => {
    timer = setTimeout(() => {
      update(store, [...followers])
        .catch(onFailure)
        .finally(() => {
          timer = undefined;
          if (followers.size > 0) {
            readAll();
          }
        });
    }, READ_INTERVAL_MS);
  };

  stopping.addEventListener('abort', () => {
    for (const follower of followers) {
      follower.end();
    }
  });

  return {
    follow: (requestId) =>
      new Repeater<string>(async (push, stop) => {
        const watch = events.watch(requestId);
        const follower: Follower = {
          requestId,
          version: null,
          yieldId: () => void push(requestId),
          end: () => {
            stop();
          },
        };
        followers.add(follower);
        if (timer === undefined) {
          readAll();
        }
        try {
          await update(store, [follower]);
          await Promise.race([stop, watch.finished]);
          if (followers.has(follower)) {
            await update(store, [follower]);
          }
        } finally {
          followers.delete(follower);
          watch.close();
        }
      }),
  };
}

/** Reads the requests of the followers, yields those with a new version, and ends those that have finished. */
async function update(store: ProgressStore, followers: readonly Follower[]): Promise<void> {
  const found = await store.versions([...new Set(followers.map(({ requestId }) => requestId))]);
  const byId = new Map(found.map((version) => [version.requestId, version]));
  for (const follower of followers) {
    const current = byId.get(follower.requestId);
    if (current !== undefined && current.version !== follower.version) {
      follower.version = current.version;
      follower.yieldId();
    }
    if (current?.isFinished !== false) {
      follower.end();
    }
  }
}
