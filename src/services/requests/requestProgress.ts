import { Repeater } from '@repeaterjs/repeater';
import type { ProgressStore } from '../../ports/progress.js';
import type { RequestEvents } from '../../ports/requests.js';

/** How often requests that are being followed are looked at, in milliseconds: a person sees no more than that. */
const LOOK_MS = 300;

/** Follows requests for subscribers. */
export interface RequestProgress {
  /**
   * Yields the request's id at once, whenever its counts or status have changed since, and a last time when it has
   * finished; then it ends. A request that does not exist ends at once. It also ends when the consumer returns.
   */
  follow(requestId: string): AsyncIterable<string>;
}

/** One that follows a request. */
interface Follower {
  readonly requestId: string;
  /** What it was last told; null before the first time. */
  version: string | null;
  tell(): void;
  end(): void;
}

/**
 * Progress by looking: one statement in LOOK_MS for all followers of this process, none while there are none. The end
 * of a request is looked up as soon as its NOTIFY comes.
 *
 * @param stopping ends everybody's following: the process is about to end.
 */
export function createRequestProgress(
  store: ProgressStore,
  events: RequestEvents,
  stopping: AbortSignal,
  onFailure: (error: unknown) => void,
): RequestProgress {
  const followers = new Set<Follower>();
  let timer: NodeJS.Timeout | undefined;

  const look = async (some: Iterable<Follower>): Promise<void> => {
    const looking = [...some];
    const found = await store.versions([...new Set(looking.map(({ requestId }) => requestId))]);
    const byId = new Map(found.map((one) => [one.requestId, one]));
    for (const follower of looking) {
      const now = byId.get(follower.requestId);
      if (now !== undefined && now.version !== follower.version) {
        follower.version = now.version;
        follower.tell();
      }
      if (now?.isFinished !== false) {
        follower.end();
      }
    }
  };

  const tick = (): void => {
    timer = setTimeout(() => {
      look(followers)
        .catch(onFailure)
        .finally(() => {
          timer = undefined;
          if (followers.size > 0) {
            tick();
          }
        });
    }, LOOK_MS);
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
          tell: () => void push(requestId),
          end: () => {
            stop();
          },
        };
        followers.add(follower);
        if (timer === undefined) {
          tick();
        }
        try {
          await look([follower]);
          await Promise.race([stop, watch.finished]);
          if (followers.has(follower)) {
            await look([follower]);
          }
        } finally {
          followers.delete(follower);
          watch.close();
        }
      }),
  };
}
