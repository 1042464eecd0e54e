import { GatewayError } from '../../errors.js';
import type { TokenStore } from '../../ports/tokens.js';

/** Time between two checks of the watched API tokens, in milliseconds: docs/access.md promises 10 s. */
export const CHECK_INTERVAL_MS = 5_000;

/** Longest timer, in milliseconds: Node takes at most 24 days. */
const MAX_TIMER_MS = 86_400_000;

/** A credential that was valid when its request arrived. */
export interface Credential {
  /** UUID of the API token; null for a credential of another kind, which cannot be revoked. */
  readonly tokenId: string | null;
  /** Null: the credential does not expire. */
  readonly expiresAt: Date | null;
}

/** The watch over the credential of one long response: a stream or an export. */
export interface CredentialWatch {
  /** Resolves with the error for the client when the credential has expired or was revoked. */
  readonly ended: Promise<GatewayError>;
  close(): void;
}

/** Watches a credential until `close`. */
export type WatchCredential = (credential: Credential) => CredentialWatch;

/** Ends one watch; returned by the functions below. */
type Stop = () => void;

/**
 * Watches credentials while long responses use them. An expired credential ends its watch at once, a revoked API token
 * at the next check.
 *
 * @param onFailure gets the error of a failed check; the tokens stay valid until the next one.
 * @param checkIntervalMs time between two checks of the watched API tokens, in milliseconds.
 * @param now milliseconds since 1970.
 */
export function createWatchCredential(
  store: Pick<TokenStore, 'inForce'>,
  onFailure: (error: unknown) => void,
  checkIntervalMs: number,
  now: () => number = Date.now,
): WatchCredential {
  const watchToken = createTokenChecks(store, onFailure, checkIntervalMs);
  return ({ tokenId, expiresAt }) => {
    const { promise: ended, resolve } = Promise.withResolvers<GatewayError>();
    const stops: Stop[] = [];
    if (tokenId !== null) {
      stops.push(
        watchToken(tokenId, () => {
          resolve(credentialEnded('has expired or was revoked'));
        }),
      );
    }
    if (expiresAt !== null) {
      stops.push(
        watchExpiry(expiresAt.getTime(), now, () => {
          resolve(credentialEnded('has expired'));
        }),
      );
    }
    return {
      ended,
      close() {
        for (const stop of stops) {
          stop();
        }
      },
    };
  };
}

/** Calls `onEnd` when a check finds the token expired or revoked. One statement checks all watched tokens of the process. */
function createTokenChecks(
  store: Pick<TokenStore, 'inForce'>,
  onFailure: (error: unknown) => void,
  checkIntervalMs: number,
): (tokenId: string, onEnd: () => void) => Stop {
  const watched = new Map<string, Set<() => void>>();
  let timer: NodeJS.Timeout | undefined;

  const check = async (): Promise<void> => {
    const ids = [...watched.keys()];
    if (ids.length === 0) {
      return;
    }
    const inForce = new Set(await store.inForce(ids));
    const ended = ids.filter((id) => !inForce.has(id));
    for (const onEnd of ended.flatMap((id) => [...(watched.get(id) ?? [])])) {
      onEnd();
    }
  };

  // No timer runs while no token is watched.
  const schedule = (): void => {
    timer = setTimeout(() => {
      void check()
        .catch(onFailure)
        .finally(() => {
          timer = undefined;
          if (watched.size > 0) {
            schedule();
          }
        });
    }, checkIntervalMs).unref();
  };

  return (tokenId, onEnd) => {
    const callbacks = watched.get(tokenId) ?? new Set();
    watched.set(tokenId, callbacks.add(onEnd));
    if (timer === undefined) {
      schedule();
    }
    return () => {
      callbacks.delete(onEnd);
      if (callbacks.size === 0 && watched.get(tokenId) === callbacks) {
        watched.delete(tokenId);
      }
    };
  };
}

/** Calls `onExpiry` at the time `at`, at once when that has passed. */
function watchExpiry(at: number, now: () => number, onExpiry: () => void): Stop {
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    const remaining = at - now();
    if (remaining <= 0) {
      onExpiry();
    } else {
      timer = setTimeout(wait, Math.min(remaining, MAX_TIMER_MS)).unref();
    }
  };
  wait();
  return () => {
    clearTimeout(timer);
  };
}

function credentialEnded(how: string): GatewayError {
  return new GatewayError('UNAUTHENTICATED', `the token ${how}; send a new request with another token`);
}
