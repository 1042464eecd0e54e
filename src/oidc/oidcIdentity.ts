import { errors, jwtVerify, type JWTPayload } from 'jose';
import { GatewayError } from '../errors.js';
import type { Identity, IdentityProvider, OidcSettings } from '../ports/identity.js';
import { administratorsOf, roleOf } from './claims.js';
import { createIssuer } from './issuer.js';

/** The signatures that are taken, all of public keys: never none, never a shared secret, whatever a token says of itself. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** Longest subject taken, in characters (OpenID Connect Core, section 2). */
const MAX_SUBJECT_LENGTH = 255;

/** The latest moment that JavaScript has, in seconds since 1970: an issuer may mean "never" by a later one. */
const LATEST_SECONDS = 8.64e12;

/**
 * JSON Web Tokens of an OpenID Connect issuer as credentials.
 *
 * @param refetchMs how soon after a fetch an unknown key makes for another, in milliseconds; default REFETCH_MS.
 */
export function createOidcIdentity(settings: OidcSettings, refetchMs?: number): IdentityProvider {
  const issuer = createIssuer(settings.issuer, refetchMs);
  return {
    recognises: (bearer) => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(bearer),
    async identify(bearer) {
      try {
        const { payload } = await jwtVerify(bearer, issuer.keyOf, {
          issuer: settings.issuer,
          audience: settings.audience,
          algorithms: ALGORITHMS,
          clockTolerance: settings.clockToleranceSeconds,
          requiredClaims: ['sub', 'exp'],
        });
        return identityOf(payload, settings);
      } catch (error) {
        throw asRefusal(error);
      }
    },
  };
}

function identityOf(payload: JWTPayload, { claims, clockToleranceSeconds }: OidcSettings): Identity {
  const id = payload.sub ?? '';
  if (id === '' || id.length > MAX_SUBJECT_LENGTH || id.includes('\0')) {
    throw new GatewayError('UNAUTHENTICATED', `expected a subject of 1 to ${MAX_SUBJECT_LENGTH} characters`);
  }
  const role = roleOf(payload, claims);
  if (role === null) {
    throw new GatewayError(
      'FORBIDDEN',
      `the claim ${claims.roles} of the token names no role of this gateway`,
    );
  }
  const expiresAt = new Date(Math.min((payload.exp ?? 0) + clockToleranceSeconds, LATEST_SECONDS) * 1_000);
  const administrators = administratorsOf(payload, claims);
  return { id, kind: 'USER', role, administrators, tokenId: null, expiresAt };
}

/** What the caller is told: which check failed, and nothing of the token. */
function asRefusal(error: unknown): unknown {
  if (error instanceof GatewayError) {
    return error;
  }
  const refused = (words: string): GatewayError =>
    new GatewayError('UNAUTHENTICATED', words, { cause: error });
  if (error instanceof errors.JWTExpired) {
    return refused('the token has expired');
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return refused(`the token's claim ${error.claim} is not good here`);
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return refused('the token is signed in a way that is not taken');
  }
  if (error instanceof errors.JWKSNoMatchingKey) {
    return refused('the token is signed with no key of its issuer');
  }
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || isGeneric(error)) {
    return new GatewayError('UNAVAILABLE', 'the identity provider cannot be asked just now', {
      cause: error,
    });
  }
  return refused('the token is not good');
}

/** jose's one error without a code of its own: an answer of the issuer that is no key set. */
function isGeneric(error: unknown): boolean {
  return error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC';
}
