import type { Caller } from '../membership.js';

/** What a confirmation holds a removal to: a token, and what its preview was about. */
export interface Confirmation {
  /** SHA-256 of the token; the token itself is nowhere. */
  readonly tokenHash: Uint8Array<ArrayBuffer>;
  /** SHA-256, hex, of the operation, the accounts and the targets. */
  readonly boundHash: string;
}

/**
 * Why a token does not confirm a removal.
 * - `UNKNOWN`: no preview of this caller gave it, or one of long ago.
 * - `OTHER_INPUT`: the preview was of another operation, other accounts or other targets.
 * - `EXPIRED`: it is too old.
 * - `USED`: a removal was made with it.
 */
export type NotConfirmedReason = 'UNKNOWN' | 'OTHER_INPUT' | 'EXPIRED' | 'USED';

/** A removal that was not recorded for want of a confirmation. */
export interface NotConfirmed {
  readonly notConfirmed: NotConfirmedReason;
}

/** Keeps what previews gave out. The request that uses a confirmation takes it with `RequestStore.accept`. */
export interface ConfirmationStore {
  /** @returns when it expires, by the database's clock. */
  grant(caller: Caller, confirmation: Confirmation, seconds: number): Promise<Date>;
}
