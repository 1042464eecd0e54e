import { setTimeout as sleep } from 'node:timers/promises';
import { errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { GatewayError } from '../errors.js';
import { readKeySet, type KeySet } from './keySet.js';

/** Timeout of a request to the issuer, in milliseconds: callers wait for it. */
const TIMEOUT_MS = 5_000;

/** Time without requests to the issuer after a failed one, in milliseconds; a caller that needs a key gets UNAVAILABLE. */
const COOL_DOWN_MS = 10_000;

/**
 * Shortest time between two fetches of the keys for an unknown key id, in milliseconds: a client could make up key ids, and
 * each would otherwise cause a request.
 */
const MIN_REFETCH_INTERVAL_MS = 5_000;

/** Time after which the keys are fetched again, in milliseconds: the issuer may withdraw a key. */
const FRESH_MS = 600_000;

/** Longest time that fetched keys are used while the issuer does not answer, in milliseconds. */
const MAX_KEYS_AGE_MS = 3_600_000;

/** Most callers with an unknown key id that wait for the next fetch; one more gets UNAVAILABLE. */
const MAX_WAITING = 1_000;

/** Largest answer of the issuer, in bytes: a key set has a handful of keys. */
const MAX_ANSWER_BYTES = 512 * 1024;

/** The keys of an OpenID Connect issuer. They are found by discovery when first needed, and cached. */
export interface Issuer {
  /**
   * Resolves with the key that signed a token. A caller with an unknown key id waits for the next fetch of the keys, and all such
   * callers share it. Rejects with jose's `JWKSNoMatchingKey` after that fetch, and with `UNAVAILABLE` when the issuer cannot be
   * reached or the key cannot be used.
   */
  readonly keyOf: JWTVerifyGetKey;
}

interface Keys extends KeySet {
  /** When their fetch began, in milliseconds since 1970. */
  readonly fetchedAt: number;
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
  const fetchKeys = shared(createFetchKeys(issuer, now));
  let keys: Keys | null = null;
  let waiting = 0;

  const refetch = async (): Promise<Keys> => (keys = await fetchKeys());

  /** Resolves with the keys, after a fetch if they are not fresh. If the fetch fails, older keys go on up to MAX_KEYS_AGE_MS. */
  const currentKeys = async (): Promise<Keys> => {
    if (keys !== null && now() - keys.fetchedAt < FRESH_MS) {
      return keys;
    }
    try {
      return await refetch();
    } catch (error) {
      if (keys !== null && now() - keys.fetchedAt < MAX_KEYS_AGE_MS) {
        return keys;
      }
      throw error;
    }
  };

  /** Resolves with keys whose fetch is at least `minRefetchIntervalMs` after the last. All callers of that time share it. */
  const nextKeys = shared(async () => {
    await sleep(Math.max(0, (keys?.fetchedAt ?? 0) + minRefetchIntervalMs - now()));
    return refetch();
  });

  return {
    async keyOf(header, token) {
      const before = keys;
      const current = await currentKeys();
      try {
        return await current.find(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) {
          throw error;
        }
        checkUsable(current, header.kid);
        // Keys that were fetched for this caller are the newest.
        if (current !== before) {
          throw error;
        }
      }
      if (waiting >= MAX_WAITING) {
        throw unavailable('too many callers wait for its keys');
      }
      waiting += 1;
      const next = await nextKeys().finally(() => (waiting -= 1));
      checkUsable(next, header.kid);
      return next.find(header, token);
    },
  };
}

/** @throws GatewayError UNAVAILABLE when the issuer's key of this id cannot be used: that is a fault of the issuer. */
function checkUsable({ isBroken }: Keys, kid: string | undefined): void {
  if (isBroken(kid)) {
    throw unavailable('its key with the id of the token cannot be used');
  }
}

/** The same function; calls until its promise settles share that promise. */
function shared<T>(run: () => Promise<T>): () => Promise<T> {
  let pending: Promise<T> | null = null;
  return () => (pending ??= run().finally(() => (pending = null)));
}

/** Returns a function that fetches the keys. It rejects with UNAVAILABLE, at once for COOL_DOWN_MS after a failed request. */
function createFetchKeys(issuer: string, now: () => number): () => Promise<Keys> {
  let keysUrl: string | null = null;
  let coolDownEnd = 0;

  const discover = async (): Promise<string> => {
    const url = `${issuer.endsWith('/') ? issuer.slice(0, -1) : issuer}/.well-known/openid-configuration`;
    const { issuer: found, jwks_uri: location } = await fetchDocument(url);
    if (found !== issuer || typeof location !== 'string' || !isKeysUrl(location, issuer)) {
      throw new Error(`${url} answered with another document than expected`);
    }
    return location;
  };

  return async () => {
    if (now() < coolDownEnd) {
      throw unavailable('it did not answer a moment ago');
    }
    const fetchedAt = now();
    try {
      keysUrl ??= await discover();
      const document = await fetchDocument(keysUrl);
      if (!isKeySet(document)) {
        throw new Error(`${keysUrl} answered with another document than expected`);
      }
      return { ...(await readKeySet(document)), fetchedAt };
    } catch (cause) {
      // The issuer may have moved its keys.
      keysUrl = null;
      coolDownEnd = now() + COOL_DOWN_MS;
      throw unavailable('it does not answer as expected', cause);
    }
  };
}

/** Resolves with the JSON object at a URL of the issuer. Rejects for a redirect: it could lead anywhere. */
async function fetchDocument(url: string): Promise<Document> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
  if (!answer.ok) {
    throw new Error(`${url} answered ${answer.status}`);
  }
  const document: unknown = JSON.parse(await readText(answer));
  if (!isDocument(document)) {
    throw new Error(`${url} answered with another document than expected`);
  }
  return document;
}

type Document = Readonly<Record<string, unknown>>;

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a document has keys. An issuer without keys signs nothing, so that an empty set is a fault of the issuer. */
function isKeySet(document: Document): document is Document & JSONWebKeySet {
  const { keys } = document;
  return Array.isArray(keys) && keys.length > 0 && keys.every(isDocument);
}

/** Whether a text is a URL that keys may come from: https, or http if the issuer has http too. */
function isKeysUrl(text: string, issuer: string): boolean {
  const protocol = URL.parse(text)?.protocol;
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
