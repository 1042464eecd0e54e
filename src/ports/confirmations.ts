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
 * - `UNKNOWN`: no preview of this caller gave it, or its row was deleted a day after it expired.
 * - `OTHER_INPUT`: the preview was of another operation, other accounts or other targets.
 * - `EXPIRED`: it is too old.
 * - `USED`: a removal was made with it.
 */
export type NotConfirmedReason = 'UNKNOWN' | 'OTHER_INPUT' | 'EXPIRED' | 'USED';

/** A removal that was not recorded, because its token does not confirm it. */
export interface NotConfirmed {
  readonly notConfirmed: NotConfirmedReason;
}

/** Stores the confirmations of previews. `RequestStore.insertConfirmed` uses them up. */
export interface ConfirmationStore {
  /** @returns when the confirmation expires, by the database's clock. */
  grant(caller: Caller, confirmation: Confirmation, seconds: number): Promise<Date>;
}
