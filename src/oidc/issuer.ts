import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import { GatewayError } from '../errors.js';

/** Longest wait for the issuer, in milliseconds: callers wait behind it. */
const TIMEOUT_MS = 5_000;

/** How long after a failure the issuer is left alone, in milliseconds; callers whose keys are not known get UNAVAILABLE. */
const COOL_DOWN_MS = 10_000;

/** How soon after a fetch an unknown key makes for another, in milliseconds: made-up key ids must not become requests. */
const REFETCH_MS = 30_000;

/** How long keys are used without asking again, in milliseconds: a key that the issuer withdrew is good no longer. */
const KEYS_MAX_AGE_MS = 600_000;

/** Largest answer taken, in bytes: key sets have a handful of keys. */
const MAX_ANSWER_BYTES = 512 * 1024;

/** The keys of an OpenID Connect issuer, found by discovery when first needed, and kept up to date. */
export interface Issuer {
  /** Finds the key of a token. Rejects with `UNAVAILABLE` when the issuer cannot be asked. */
  readonly keyOf: JWTVerifyGetKey;
}

/** @param issuer its URL, exactly as its tokens name it. */
export function createIssuer(
  issuer: string,
  refetchMs: number = REFETCH_MS,
  now: () => number = Date.now,
): Issuer {
  let keys: Promise<JWTVerifyGetKey> | null = null;
  let downUntil = 0;

  const ask = async (url: string, init?: RequestInit): Promise<Response> => {
    if (now() < downUntil) {
      throw unavailable('it did not answer a moment ago');
    }
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const answer = await fetch(url, { ...init, signal, redirect: 'error' });
      if (!answer.ok) {
        throw new Error(`${url} answered ${answer.status}`);
      }
      if (Number(answer.headers.get('content-length') ?? 0) > MAX_ANSWER_BYTES) {
        throw new Error(`${url} answered too much`);
      }
      return answer;
    } catch (cause) {
      downUntil = now() + COOL_DOWN_MS;
      throw unavailable('it does not answer', cause);
    }
  };

  const discover = async (): Promise<JWTVerifyGetKey> => {
    const answer = await ask(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    const found = (await answer.json().catch(() => ({}))) as { issuer?: unknown; jwks_uri?: unknown };
    if (found.issuer !== issuer || typeof found.jwks_uri !== 'string') {
      downUntil = now() + COOL_DOWN_MS;
      throw unavailable('its discovery document names another issuer, or no keys');
    }
    return createRemoteJWKSet(new URL(found.jwks_uri), {
      timeoutDuration: TIMEOUT_MS,
      cooldownDuration: refetchMs,
      cacheMaxAge: KEYS_MAX_AGE_MS,
      [customFetch]: (url, { signal: _signal, ...init }) => ask(url, init),
    });
  };

  return {
    async keyOf(header, token) {
      keys ??= discover();
      const looking = keys;
      const find = await looking.catch((error: unknown) => {
        if (keys === looking) {
          keys = null;
        }
        throw error;
      });
      return find(header, token);
    },
  };
}

function unavailable(why: string, cause?: unknown): GatewayError {
  return new GatewayError('UNAVAILABLE', `the identity provider cannot be asked just now: ${why}`, { cause });
}
