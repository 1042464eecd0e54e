import type { Caller } from '../membership.js';
import type { RemovalLimit } from './removals.js';

/** The token of a preview, and the removal that it confirms. */
export interface Confirmation {
  /** SHA-256 of the token; the token itself is not stored. */
  readonly tokenHash: Uint8Array<ArrayBuffer>;
  /** SHA-256, hex, of the operation, the accounts and the targets. */
  readonly boundHash: string;
}

/**
 * Why a token does not confirm a removal.
 * - `UNKNOWN`: no preview of this caller returned the token, or its row was deleted, 1 day after it expired.
 * - `OTHER_INPUT`: the preview had another operation, other accounts or other targets.
 * - `EXPIRED`: the token is too old.
 * - `USED`: another removal has used the token.
 * - `SHARE_USED`: other removals since the preview have used up the share of a target.
 */
export type NotConfirmedReason = 'UNKNOWN' | 'OTHER_INPUT' | 'EXPIRED' | 'USED' | 'SHARE_USED';

/** A removal that was not recorded, because its token does not confirm it. */
export interface NotConfirmed {
  readonly notConfirmed: NotConfirmedReason;
}

/** Stores the confirmations of previews. `RequestStore.insertConfirmed` uses each of them once. */
export interface ConfirmationStore {
  /**
   * Stores a confirmation for this many seconds, with the limits under which it holds; resolves with its expiry, by the
   * database's clock.
   */
  grant(
    caller: Caller,
    confirmation: Confirmation,
    validity: { readonly seconds: number; readonly limits: readonly RemovalLimit[] },
  ): Promise<Date>;
}
