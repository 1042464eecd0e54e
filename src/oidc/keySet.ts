import {
  createLocalJWKSet,
  importJWK,
  type CryptoKey,
  type JSONWebKeySet,
  type JWK,
  type JWTVerifyGetKey,
} from 'jose';

/** Algorithm by which a key without `alg` is imported, by its type or curve; keys of other types verify nothing here. */
const ALGORITHM_OF: Readonly<Record<string, string>> = {
  RSA: 'RS256',
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
  Ed25519: 'Ed25519',
};

/** Shortest RSA key, in bits (RFC 7518, section 3.3). */
const MIN_RSA_BITS = 2_048;

/** The keys of an issuer that verify signatures. */
export interface KeySet {
  readonly find: JWTVerifyGetKey;
  /** Whether the set has a key of this id that cannot be used. */
  isBroken(kid: string | undefined): boolean;
}

/**
 * Reads a key set without the keys that cannot be imported, so that a broken key does not affect the others.
 *
 * @throws Error when no key can be used.
 */
export async function readKeySet({ keys }: JSONWebKeySet): Promise<KeySet> {
  const areGood = await Promise.all(keys.map(canVerify));
  const good = keys.filter((_key, index) => areGood[index]);
  const brokenIds = new Set(keys.filter((_key, index) => areGood[index] === false).map(({ kid }) => kid));
  if (good.length === 0) {
    throw new Error('expected a key set with a key that can be used, got none');
  }
  return {
    find: createLocalJWKSet({ keys: good }),
    isBroken: (kid) => kid !== undefined && brokenIds.has(kid),
  };
}

/** Whether a key can verify signatures; null when it is none for signatures of a known kind. */
async function canVerify(key: JWK): Promise<boolean | null> {
  const algorithm = ALGORITHM_OF[key.crv ?? key.kty ?? ''];
  if (algorithm === undefined || (key.use ?? 'sig') !== 'sig') {
    return null;
  }
  try {
    const imported = await importJWK(key, key.alg ?? algorithm);
    const bits = imported instanceof Uint8Array ? null : modulusBitsOf(imported);
    return bits === null || bits >= MIN_RSA_BITS;
  } catch {
    return false;
  }
}

function modulusBitsOf({ algorithm }: CryptoKey): number | null {
  return 'modulusLength' in algorithm ? Number(algorithm.modulusLength) : null;
}
