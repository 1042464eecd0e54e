/** The member statuses of both services (UPSTREAMS.md, relationshipStatus and MemberStatus). */
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

/** An unprocessed account with the service's result text. */
export interface Unprocessed {
  readonly accountId: string;
  readonly result: string;
}

/** A page of members, ordered by account id. */
export interface MemberPage {
  readonly members: readonly Member[];
  /** The last account id of this page; undefined on the last page. */
  readonly next: string | undefined;
}

/** Returns the result text that a magic account id has; undefined if the member list decides. */
export type FixedResult = (accountId: string) => string | undefined;
