import { Repeater, SlidingBuffer } from '@repeaterjs/repeater';
import type { ProgressStore } from '../../ports/progress.js';
import type { RequestEvents } from '../../ports/requests.js';

/** Time between two reads of the followed requests, in milliseconds: fast enough for a person who watches. */
const READ_INTERVAL_MS = 300;

/** Reads that are cached until `forget`. */
interface CachedReads {
  forget(): void;
}

/** A request that subscriptions follow. */
export interface FollowedRequest<Loaders> {
  readonly requestId: string;
  /** Shared by all subscriptions to the request, which so read each change once. Emptied at each change. */
  readonly loaders: Loaders;
}

/** Follows requests for subscriptions. */
export interface RequestProgress<Loaders> {
  /**
   * Yields the request at once, after each change of its counts or status, and a last time when it has finished; then it
   * ends. A slow consumer gets one value for all changes since the last. For a request that does not exist it ends at once.
   * It also ends when the consumer returns.
   *
   * The caller may read the request, which has checked that before.
   */
  follow(request: {
    readonly id: string;
    readonly administrator: string;
  }): AsyncIterable<FollowedRequest<Loaders>>;
}

/** What a process follows requests with. */
export interface ProgressDependencies<Loaders> {
  readonly store: ProgressStore;
  readonly events: RequestEvents;
  /** Loaders of the subscriptions to one request, which is the administrator's. */
  readonly loadersOf: (requestId: string, administrator: string) => Loaders;
  /** Ends every subscription: the process stops. */
  readonly stopping: AbortSignal;
  readonly onFailure: (error: unknown) => void;
}

/** A subscription to one request. */
interface Follower {
  notify(): void;
  end(): void;
}

interface Followed<Loaders> extends FollowedRequest<Loaders> {
  /** The version that was read last; null before the first. */
  version: string | null;
  readonly followers: Set<Follower>;
  /** Stops waiting for the end of the request. */
  readonly close: () => void;
}

/**
 * Reads the progress of all followed requests of this process in one statement per READ_INTERVAL_MS, and in none while no
 * request is followed. Reads a request at once when NOTIFY reports its end.
 */
export function createRequestProgress<Loaders extends CachedReads>(
  dependencies: ProgressDependencies<Loaders>,
): RequestProgress<Loaders> {
  const { store, events, loadersOf, stopping, onFailure } = dependencies;
  const requests = new Map<string, Followed<Loaders>>();
  let timer: NodeJS.Timeout | undefined;

  const readAll = (): void => {
    timer = setTimeout(() => {
      update(store, [...requests.values()])
        .catch(onFailure)
        .finally(() => {
          timer = undefined;
          if (requests.size > 0) {
            readAll();
          }
        });
    }, READ_INTERVAL_MS);
  };

  const begin = (requestId: string, administrator: string): Followed<Loaders> => {
    const { finished, close } = events.watch(requestId);
    const loaders = loadersOf(requestId, administrator);
    const followed: Followed<Loaders> = { requestId, loaders, version: null, followers: new Set(), close };
    requests.set(requestId, followed);
    const read = (): void => {
      void update(store, [followed]).catch(onFailure);
    };
    read();
    void finished.then(read);
    if (timer === undefined) {
      readAll();
    }
    return followed;
  };

  const leave = (followed: Followed<Loaders>, follower: Follower): void => {
    followed.followers.delete(follower);
    if (followed.followers.size === 0) {
      followed.close();
      requests.delete(followed.requestId);
    }
  };

  stopping.addEventListener('abort', () => {
    for (const { followers } of requests.values()) {
      endAll(followers);
    }
  });

  return {
    follow: ({ id, administrator }) =>
      new Repeater<FollowedRequest<Loaders>>(async (push, stop) => {
        const followed = requests.get(id) ?? begin(id, administrator);
        const follower = { notify: () => void push(followed), end: stop };
        followed.followers.add(follower);
        if (followed.version !== null) {
          follower.notify();
        }
        await stop;
        leave(followed, follower);
      }, new SlidingBuffer(1)),
  };
}

/** Reads the requests, notifies the followers of those with a new version, and ends those of finished ones. */
async function update(store: ProgressStore, requests: readonly Followed<CachedReads>[]): Promise<void> {
  const found = await store.versions(requests.map(({ requestId }) => requestId));
  const byId = new Map(found.map((version) => [version.requestId, version]));
  for (const followed of requests) {
    const current = byId.get(followed.requestId);
    if (current !== undefined && current.version !== followed.version) {
      followed.version = current.version;
      followed.loaders.forget();
      followed.followers.forEach((follower) => {
        follower.notify();
      });
    }
    if (current?.isFinished !== false) {
      endAll(followed.followers);
    }
  }
}

function endAll(followers: Iterable<Follower>): void {
  for (const follower of followers) {
    follower.end();
  }
}
