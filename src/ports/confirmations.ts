import type { Caller } from '../membership.js';

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
 */
export type NotConfirmedReason = 'UNKNOWN' | 'OTHER_INPUT' | 'EXPIRED' | 'USED';

/** A removal that was not recorded, because its token does not confirm it. */
export interface NotConfirmed {
  readonly notConfirmed: NotConfirmedReason;
}

/** Stores the confirmations of previews. `RequestStore.insertConfirmed` uses each of them once. */
export interface ConfirmationStore {
  /** Stores a confirmation for this many seconds; resolves with its expiry, by the database's clock. */
  grant(caller: Caller, confirmation: Confirmation, seconds: number): Promise<Date>;
}
