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
const MIN_REFETCH_INTERVAL_MS = 5_000;

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

  /** Resolves with the JSON at a URL of the issuer if `isExpected` takes it; else no request leaves for COOL_DOWN_MS. */
  const get = async (url: string, isExpected: (document: Document) => boolean): Promise<Document> => {
    if (now() < coolDownEnd) {
      throw unavailable('it did not answer a moment ago');
    }
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
      if (!answer.ok) {
        throw new Error(`${url} answered ${answer.status}`);
      }
      const document: unknown = JSON.parse(await readText(answer));
      if (!isDocument(document) || !isExpected(document)) {
        throw new Error(`${url} answered with another document than expected`);
      }
      return document;
    } catch (cause) {
      coolDownEnd = now() + COOL_DOWN_MS;
      throw unavailable('it does not answer as expected', cause);
    }
  };

  const discover = async (): Promise<JWTVerifyGetKey> => {
    const url = `${issuer.endsWith('/') ? issuer.slice(0, -1) : issuer}/.well-known/openid-configuration`;
    const document = await get(
      url,
      (found) => found['issuer'] === issuer && isKeysUrl(found['jwks_uri'], issuer),
    );
    return createRemoteJWKSet(new URL(document['jwks_uri'] as string), {
      timeoutDuration: TIMEOUT_MS,
      cooldownDuration: minRefetchIntervalMs,
      cacheMaxAge: MAX_KEYS_AGE_MS,
      [customFetch]: async (keysUrl) =>
        Response.json(
          await get(keysUrl, ({ keys: found }) => Array.isArray(found) && found.every(isDocument)),
        ),
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

type Document = Readonly<Record<string, unknown>>;

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is a URL that keys may come from: https, or http if the issuer has http too. */
function isKeysUrl(value: unknown, issuer: string): boolean {
  const protocol = typeof value === 'string' ? URL.parse(value)?.protocol : undefined;
  return protocol === 'https:' || (protocol === 'http:' && issuer.startsWith('http:'));
}

/** The text of an answer. Rejects as soon as more than MAX_ANSWER_BYTES have come. */
async function readText({ body, url }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) {
      throw new Error(`${url} answered with more than ${MAX_ANSWER_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function unavailable(why: string, cause?: unknown): GatewayError {
  const details = { retryAfterSeconds: COOL_DOWN_MS / 1_000 };
  return new GatewayError('UNAVAILABLE', `the identity provider cannot be reached: ${why}`, {
    cause,
    details,
  });
}
