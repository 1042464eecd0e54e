import type { Caller } from '../membership.js';

/** Who a credential belongs to. */
export interface Identity extends Omit<Caller, 'origin'> {
  /** UUID of the API token; null for people. */
  readonly tokenId: string | null;
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
