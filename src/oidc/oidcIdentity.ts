import { errors, jwtVerify, type JWTPayload } from 'jose';
import { GatewayError } from '../errors.js';
import type { Identity, IdentityProvider, OidcSettings } from '../ports/identity.js';
import { administratorsOf, roleOf } from './claims.js';
import { createIssuer } from './issuer.js';

/** The accepted signature algorithms, all with public keys: a token may not choose `none` or a shared secret. */
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

/** Types of an access token (RFC 9068, section 2.1). */
const ACCESS_TOKEN_TYPES = ['at+jwt', 'application/at+jwt'];

/** The type in all tokens of issuers that do not name access tokens. */
const GENERAL_TYPE = 'jwt';

/** Claims of ID tokens (OpenID Connect Core, section 2) and of logout tokens (OpenID Connect Back-Channel Logout). */
const NO_ACCESS_TOKEN_CLAIMS = ['nonce', 'at_hash', 'c_hash', 'events'];

/**
 * Claims by which issuers name the kind of a token, with the values of other kinds than access tokens: `token_use` of Amazon
 * Cognito, and `typ` of Keycloak.
 */
const OTHER_KINDS: Readonly<Record<string, readonly string[]>> = {
  token_use: ['id', 'refresh'],
  typ: ['ID', 'Refresh', 'Offline', 'Logout'],
};

/** Longest subject, in characters (OpenID Connect Core, section 2). */
const MAX_SUBJECT_LENGTH = 255;

/** The latest time of a JavaScript Date, in seconds since 1970: an issuer may write a later one for "never". */
const MAX_DATE_SECONDS = 8.64e12;

/**
 * Identifies callers by the JSON Web Tokens of an OpenID Connect issuer.
 *
 * @param minRefetchIntervalMs shortest time between two fetches of the keys for an unknown key id.
 * @param now milliseconds since 1970, for the age of the keys.
 */
export function createOidcIdentity(
  settings: OidcSettings,
  minRefetchIntervalMs?: number,
  now?: () => number,
): IdentityProvider {
  const issuer = createIssuer(settings.issuer, minRefetchIntervalMs, now);
  return {
    recognises: (bearer) => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(bearer),
    async identify(bearer) {
      try {
        const { payload, protectedHeader } = await jwtVerify(bearer, issuer.keyOf, {
          issuer: settings.issuer,
          audience: settings.audience,
          algorithms: ALGORITHMS,
          clockTolerance: settings.clockToleranceSeconds,
          requiredClaims: ['sub', 'exp', ...settings.requiredClaims],
        });
        checkType(protectedHeader.typ, settings.requiresAccessTokenType);
        checkAccessToken(payload);
        return identityOf(payload, settings);
      } catch (error) {
        throw toGatewayError(error);
      }
    },
  };
}

/** @throws GatewayError UNAUTHENTICATED when the header names another kind of token, or none where a kind is required. */
function checkType(type: unknown, isRequired: boolean): void {
  const name = typeof type === 'string' ? type.toLowerCase() : type;
  const accepted = isRequired ? ACCESS_TOKEN_TYPES : [...ACCESS_TOKEN_TYPES, GENERAL_TYPE, undefined];
  if (!accepted.some((one) => one === name)) {
    const expected = isRequired ? 'not at+jwt' : 'neither at+jwt nor JWT';
    throw new GatewayError('UNAUTHENTICATED', `the header typ of the token is ${expected}`);
  }
}

/**
 * @throws GatewayError UNAUTHENTICATED for a token of the issuer that is no access token, such as an ID token or a logout token.
 */
function checkAccessToken(payload: JWTPayload): void {
  const foreign =
    NO_ACCESS_TOKEN_CLAIMS.find((claim) => Object.hasOwn(payload, claim)) ??
    Object.keys(OTHER_KINDS).find((claim) => OTHER_KINDS[claim]?.includes(String(payload[claim])));
  if (foreign !== undefined) {
    throw new GatewayError('UNAUTHENTICATED', `the claim ${foreign} shows that the token is no access token`);
  }
}

function identityOf(payload: JWTPayload, { claims, clockToleranceSeconds }: OidcSettings): Identity {
  const id = payload.sub ?? '';
  if (id === '' || id.length > MAX_SUBJECT_LENGTH || id.includes('\0')) {
    throw new GatewayError('UNAUTHENTICATED', `expected a subject of 1 to ${MAX_SUBJECT_LENGTH} characters`);
  }
  const role = roleOf(payload, claims);
  if (role === null) {
    throw new GatewayError('FORBIDDEN', `the claim ${claims.roles} of the token has no role of this gateway`);
  }
  const expiresAt = new Date(Math.min((payload.exp ?? 0) + clockToleranceSeconds, MAX_DATE_SECONDS) * 1_000);
  const administrators = administratorsOf(payload, claims);
  return { id, kind: 'USER', role, administrators, tokenId: null, expiresAt };
}

/** The error for the caller: the message names the check that failed, and shows nothing of the token. */
function toGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) {
    return error;
  }
  const refused = (message: string): GatewayError =>
    new GatewayError('UNAUTHENTICATED', message, { cause: error });
  if (error instanceof errors.JWTExpired) {
    return refused('the token has expired');
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return refused(`the claim ${error.claim} of the token is missing or not accepted`);
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return refused('the signature algorithm of the token is not accepted');
  }
  if (error instanceof errors.JWKSNoMatchingKey) {
    return refused('the key that signed the token is none of the issuer');
  }
  return refused('the token is not valid');
}
