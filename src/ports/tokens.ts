import type { Role } from '../membership.js';

/** An API token without its secret, which only its holder has. */
export interface TokenRow {
  /** UUID. */
  readonly id: string;
  /** A label for people; several tokens may have one name. */
  readonly name: string;
  readonly role: Role;
  /** Null: all administrators. */
  readonly administrators: readonly string[] | null;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly expiresAt: Date | null;
  /** Exact to a minute; null before its first use. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly revokedBy: string | null;
}

/** A token to insert. */
export interface NewToken extends Pick<
  TokenRow,
  'id' | 'name' | 'role' | 'administrators' | 'createdBy' | 'expiresAt'
> {
  /** SHA-256 of the secret, 32 bytes. */
  readonly secretHash: Uint8Array<ArrayBuffer>;
}

/** The table of API tokens. A token is in force while it is neither expired nor revoked. */
export interface TokenStore {
  insert(token: NewToken): Promise<TokenRow>;
  /** The newest `limit` tokens. With `within`, only tokens whose administrators are all in that list. */
  list(within: readonly string[] | null, limit: number): Promise<TokenRow[]>;
  /** The revoked token, also when it was revoked before; null when no token has that id and only administrators in `within`. */
  revoke(within: readonly string[] | null, id: string, revokedBy: string): Promise<TokenRow | null>;
  /** For each hash, in order: the token in force, marked as used; null when there is none. */
  use(secretHashes: readonly Buffer[]): Promise<readonly (TokenRow | null)[]>;
  /** The ids among `ids` whose tokens are in force; does not mark them as used. */
  inForce(ids: readonly string[]): Promise<readonly string[]>;
}
