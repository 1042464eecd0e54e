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

/** The statuses of members that are associated. */
export const ASSOCIATED: ReadonlySet<MemberStatus> = new Set([
  'Enabled',
  'Disabled',
  'AccountSuspended',
  'Associated',
]);

/** A member of one scope. Times are ISO strings. */
export interface Member {
  readonly accountId: string;
  readonly email?: string | undefined;
  readonly status: MemberStatus;
  readonly invitedAt?: string | undefined;
  readonly updatedAt: string;
  /** Whether the account declined the invitation and has not deleted it yet. */
  readonly declined?: boolean | undefined;
}

export const isAssociated = (member: Pick<Member, 'status'> | undefined): boolean =>
  member !== undefined && ASSOCIATED.has(member.status);

export const isInvitedOrAssociated = (member: Member | undefined): boolean =>
  member?.status === 'Invited' || isAssociated(member);

/** An unprocessed account with the service's result text. */
export interface Unprocessed {
  readonly accountId: string;
  readonly result: string;
}

/** Returns the result text that a magic account id has; undefined if the member list decides. */
export type FixedResult = (accountId: string) => string | undefined;
