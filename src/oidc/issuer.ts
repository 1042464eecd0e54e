import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import { GatewayError } from '../errors.js';

/** Timeout of a request to the issuer, in milliseconds: callers wait for it. */
const TIMEOUT_MS = 5_000;

/** Time without requests to the issuer after a failed one, in milliseconds; a caller that needs a key gets UNAVAILABLE. */
const COOL_DOWN_MS = 10_000;

/**
 * Shortest time between two fetches of the keys for an unknown key id, in milliseconds: a client could make up key ids, and
 * each would otherwise cause a request.
 */
const MIN_REFETCH_INTERVAL_MS = 30_000;

/** Longest time that fetched keys are used, in milliseconds: the issuer may withdraw a key. */
const MAX_KEYS_AGE_MS = 600_000;

/** Largest answer of the issuer, in bytes: a key set has a handful of keys. */
const MAX_ANSWER_BYTES = 512 * 1024;

/** The keys of an OpenID Connect issuer. They are found by discovery when first needed, and cached. */
export interface Issuer {
  /** Resolves with the key that signed a token. Rejects with `UNAVAILABLE` when the issuer cannot be reached. */
  readonly keyOf: JWTVerifyGetKey;
}

/**
 * @param issuer the URL, exactly as the tokens of the issuer state it.
 * @param now milliseconds since 1970.
 */
export function createIssuer(
  issuer: string,
  minRefetchIntervalMs: number = MIN_REFETCH_INTERVAL_MS,
  now: () => number = Date.now,
): Issuer {
  let keys: Promise<JWTVerifyGetKey> | null = null;
  let coolDownEnd = 0;

  const get = async (url: string, init?: RequestInit): Promise<Response> => {
    if (now() < coolDownEnd) {
      throw unavailable('it did not answer a moment ago');
    }
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const answer = await fetch(url, { ...init, signal, redirect: 'error' });
      if (!answer.ok) {
        throw new Error(`${url} answered ${answer.status}`);
      }
      if (Number(answer.headers.get('content-length') ?? 0) > MAX_ANSWER_BYTES) {
        throw new Error(`${url} answered with more than ${MAX_ANSWER_BYTES} bytes`);
      }
      return answer;
    } catch (cause) {
      coolDownEnd = now() + COOL_DOWN_MS;
      throw unavailable('it does not answer', cause);
    }
  };

  const discover = async (): Promise<JWTVerifyGetKey> => {
    const answer = await get(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    const document = (await answer.json().catch(() => ({}))) as { issuer?: unknown; jwks_uri?: unknown };
    if (document.issuer !== issuer || typeof document.jwks_uri !== 'string') {
      coolDownEnd = now() + COOL_DOWN_MS;
      throw unavailable('its discovery document names another issuer, or no jwks_uri');
    }
    return createRemoteJWKSet(new URL(document.jwks_uri), {
      timeoutDuration: TIMEOUT_MS,
      cooldownDuration: minRefetchIntervalMs,
      cacheMaxAge: MAX_KEYS_AGE_MS,
      [customFetch]: (url, { signal: _signal, ...init }) => get(url, init),
    });
  };

  return {
    async keyOf(header, token) {
      keys ??= discover();
      const discovery = keys;
      const findKey = await discovery.catch((error: unknown) => {
        // The next token tries again.
        if (keys === discovery) {
          keys = null;
        }
        throw error;
      });
      return findKey(header, token);
    },
  };
}

function unavailable(why: string, cause?: unknown): GatewayError {
  return new GatewayError('UNAVAILABLE', `the identity provider cannot be reached: ${why}`, { cause });
}
