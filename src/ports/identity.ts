import type { Caller } from '../membership.js';

/** Who a credential belongs to. */
export interface Identity extends Omit<Caller, 'origin'> {
  /** UUID of the API token; null for people. */
  readonly tokenId: string | null;
  /** When the credential ends by itself; null when it does not. */
  readonly expiresAt: Date | null;
}

/** Knows one kind of credential. */
export interface IdentityProvider {
  /** Whether a bearer credential is of this kind, good or not. */
  recognises(bearer: string): boolean;
  /**
   * Whose it is. Rejects with `UNAUTHENTICATED` when it is not good, and with `UNAVAILABLE` when that cannot be found
   * out just now.
   */
  identify(bearer: string): Promise<Identity>;
}

/** The OpenID Connect issuer whose tokens are taken. */
export interface OidcSettings {
  /** Its URL, exactly as its tokens name it. */
  readonly issuer: string;
  readonly audience: string;
  readonly claims: ClaimNames;
  /** How far its clock may differ from ours: 0 to 60. */
  readonly clockToleranceSeconds: number;
}

/** Which claims say what a person may do. */
export interface ClaimNames {
  /** A claim, or a path of claims with dots: `realm_access.roles`. */
  readonly roles: string;
  readonly administrators: string;
  /** The words that stand for each role, in the order of ROLES. */
  readonly roleNames: readonly string[];
}
