/** The words both services use for where a member stands (see UPSTREAMS.md, relationshipStatus and MemberStatus). */
export const MEMBER_STATUSES = [
  'Created',
  'Invited',
  'Enabled',
  'Disabled',
  'Removed',
  'Resigned',
  'Deleted',
  'EmailVerificationInProgress',
  'EmailVerificationFailed',
  'AccountSuspended',
  'Associated',
] as const;
export type MemberStatus = (typeof MEMBER_STATUSES)[number];

/** A member of one scope. Times are ISO strings. */
export interface Member {
  readonly accountId: string;
  readonly email?: string | undefined;
  readonly status: MemberStatus;
  readonly invitedAt?: string | undefined;
  readonly updatedAt: string;
}

/** An account left unprocessed, and the service's words for why. */
export interface Unprocessed {
  readonly accountId: string;
  readonly result: string;
}

/** A page of members, in the order of their account ids. */
export interface MemberPage {
  readonly members: readonly Member[];
  /** The last account id of this page when there are more; undefined on the last page. */
  readonly next: string | undefined;
}

/** Decides before the register does: the words to refuse an account with, or undefined to let it through. */
export type Screen = (accountId: string) => string | undefined;
