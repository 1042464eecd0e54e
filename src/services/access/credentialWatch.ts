import { GatewayError } from '../../errors.js';
import type { TokenStore } from '../../ports/tokens.js';

/** How often the tokens of those who listen are looked at, in milliseconds: docs/access.md promises 10 s. */
const LOOK_MS = 5_000;

/** Longest a timer is set for, in milliseconds; Node takes no more than 24 days. */
const LONGEST_TIMER_MS = 86_400_000;

/** Somebody's credential, good when it came. */
export interface Credential {
  /** UUID of the API token; null for every other kind, which nobody can revoke. */
  readonly tokenId: string | null;
  /** Null: it does not end by itself. */
  readonly expiresAt: Date | null;
}

/** One that listens for longer than it takes to answer. */
export interface StandingWatch {
  /** Resolves when the credential is good no longer, with what its holder is to be told. */
  readonly ended: Promise<GatewayError>;
  close(): void;
}

/** Whether credentials are still good while an answer goes on and on. */
export type WatchStanding = (credential: Credential) => StandingWatch;

/**
 * Expiry is known beforehand and tells at once; revocations are found by looking: one statement in LOOK_MS for all
 * watched tokens of this process, and none while there are none. When it fails, they stay until the next.
 *
 * @param now milliseconds since 1970.
 */
export function createWatchStanding(
  store: Pick<TokenStore, 'inForce'>,
  onFailure: (error: unknown) => void,
  now: () => number = Date.now,
): WatchStanding {
  const watched = new Map<string, Set<() => void>>();
  let timer: NodeJS.Timeout | undefined;

  const look = async (): Promise<void> => {
    const looking = [...watched.keys()];
    if (looking.length === 0) {
      return;
    }
    const inForce = new Set(await store.inForce(looking));
    for (const id of looking) {
      if (!inForce.has(id)) {
        for (const end of watched.get(id) ?? []) {
          end();
        }
      }
    }
  };

  const lookLater = (): void => {
    timer = setTimeout(() => {
      void look()
        .catch(onFailure)
        .finally(() => {
          timer = undefined;
          if (watched.size > 0) {
            lookLater();
          }
        });
    }, LOOK_MS).unref();
  };

  const watchToken = (id: string, end: () => void): (() => void) => {
    const ends = watched.get(id) ?? new Set();
    watched.set(id, ends.add(end));
    if (timer === undefined) {
      lookLater();
    }
    return () => {
      ends.delete(end);
      if (ends.size === 0 && watched.get(id) === ends) {
        watched.delete(id);
      }
    };
  };

  const watchExpiry = (at: number, end: () => void): (() => void) => {
    let waiting: NodeJS.Timeout;
    const wait = (): void => {
      const left = at - now();
      if (left <= 0) {
        end();
      } else {
        waiting = setTimeout(wait, Math.min(left, LONGEST_TIMER_MS)).unref();
      }
    };
    wait();
    return () => {
      clearTimeout(waiting);
    };
  };

  return ({ tokenId, expiresAt }) => {
    const { promise: ended, resolve } = Promise.withResolvers<GatewayError>();
    const closers: (() => void)[] = [];
    if (tokenId !== null) {
      closers.push(
        watchToken(tokenId, () => {
          resolve(over('has expired or was revoked'));
        }),
      );
    }
    if (expiresAt !== null) {
      closers.push(
        watchExpiry(expiresAt.getTime(), () => {
          resolve(over('has expired'));
        }),
      );
    }
    return {
      ended,
      close() {
        for (const close of closers) {
          close();
        }
      },
    };
  };
}

function over(what: string): GatewayError {
  return new GatewayError('UNAUTHENTICATED', `the token ${what}; come again with another`);
}
