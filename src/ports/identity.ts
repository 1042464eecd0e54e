import type { Caller } from '../membership.js';

/** The caller with a credential. */
export interface Identity extends Omit<Caller, 'origin'> {
  /** UUID of the API token; null for another kind of credential. */
  readonly tokenId: string | null;
  /** Null: the credential does not expire. */
  readonly expiresAt: Date | null;
}

/** Verifies one kind of credential. */
export interface IdentityProvider {
  /** Whether a bearer token is of this kind, valid or not. */
  recognises(bearer: string): boolean;
  /**
   * Resolves with the caller. Rejects with `UNAUTHENTICATED` when the token is not valid, and with `UNAVAILABLE` when that
   * cannot be verified at the moment.
   */
  identify(bearer: string): Promise<Identity>;
}

/** The OpenID Connect issuer whose tokens are accepted. */
export interface OidcSettings {
  /** URL of the issuer, equal to the claim `iss` of its tokens. */
  readonly issuer: string;
  readonly audience: string;
  readonly claims: ClaimNames;
  /** Claims that a token must have, beside those of every access token. */
  readonly requiredClaims: readonly string[];
  /** Whether the header `typ` of a token must be `at+jwt`. */
  readonly requiresAccessTokenType: boolean;
  /** Largest accepted difference between the issuer's clock and the gateway's: 0 to 60. */
  readonly clockToleranceSeconds: number;
}

/** The claims that hold the rights of a caller. */
export interface ClaimNames {
  /** A claim, or a path to it with dots: `realm_access.roles`. */
  readonly roles: string;
  readonly administrators: string;
  /** The value of the claim `roles` for each role, in the order of ROLES. */
  readonly roleNames: readonly string[];
}
