import type { Role } from '../membership.js';

/** An API token, without its secret: that is nowhere but with its holder. */
export interface TokenRow {
  /** UUID. */
  readonly id: string;
  /** What its requests are recorded under. */
  readonly name: string;
  readonly role: Role;
  /** Null: all of them. */
  readonly administrators: readonly string[] | null;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly expiresAt: Date | null;
  /** Exact to a minute; null before its first use. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly revokedBy: string | null;
}

/** A token that is to be. */
export interface NewToken extends Pick<
  TokenRow,
  'id' | 'name' | 'role' | 'administrators' | 'createdBy' | 'expiresAt'
> {
  /** SHA-256 of the secret, 32 bytes. */
  readonly secretHash: Uint8Array<ArrayBuffer>;
}

/** Keeps the API tokens. */
export interface TokenStore {
  /** Null, and nothing written, when a token in force has the same name and other rights. */
  insert(token: NewToken): Promise<TokenRow | null>;
  /** The newest tokens, `most` at most. With a list of administrators, only those that reach no further. */
  list(within: readonly string[] | null, most: number): Promise<TokenRow[]>;
  /** The token after it was revoked, once or again; null when there is none within those administrators. */
  revoke(within: readonly string[] | null, id: string, revokedBy: string): Promise<TokenRow | null>;
  /** The token in force that this is the hash of, marked as used; null when there is none. */
  use(secretHash: Uint8Array<ArrayBuffer>): Promise<TokenRow | null>;
  /** Which of these tokens are in force; reading that is no use of them. */
  inForce(ids: readonly string[]): Promise<readonly string[]>;
}
