import type { AddingOperation, MemberStatus, PlanVerdict, SecurityService } from '../../membership.js';

/** Which answer a status gets; the statuses that CreateMembers brings back are those of UPSTREAMS.md, "After a lost answer". */
const VERDICTS: Readonly<Record<MemberStatus, Readonly<Record<AddingOperation, PlanVerdict>>>> = {
  NOT_A_MEMBER: { CREATE_MEMBERS: 'WOULD_CREATE', INVITE_MEMBERS: 'NOT_CREATED' },
  DELETED: { CREATE_MEMBERS: 'WOULD_CREATE', INVITE_MEMBERS: 'NOT_CREATED' },
  REMOVED: { CREATE_MEMBERS: 'WOULD_CREATE', INVITE_MEMBERS: 'WOULD_INVITE' },
  RESIGNED: { CREATE_MEMBERS: 'WOULD_CREATE', INVITE_MEMBERS: 'WOULD_INVITE' },
  CREATED: { CREATE_MEMBERS: 'ALREADY_MEMBER', INVITE_MEMBERS: 'WOULD_INVITE' },
  EMAIL_VERIFICATION_IN_PROGRESS: { CREATE_MEMBERS: 'ALREADY_MEMBER', INVITE_MEMBERS: 'WOULD_INVITE' },
  EMAIL_VERIFICATION_FAILED: { CREATE_MEMBERS: 'ALREADY_MEMBER', INVITE_MEMBERS: 'WOULD_INVITE' },
  OTHER: { CREATE_MEMBERS: 'ALREADY_MEMBER', INVITE_MEMBERS: 'WOULD_INVITE' },
  INVITED: { CREATE_MEMBERS: 'ALREADY_MEMBER', INVITE_MEMBERS: 'ALREADY_INVITED' },
  ENABLED: { CREATE_MEMBERS: 'ALREADY_MEMBER', INVITE_MEMBERS: 'ALREADY_INVITED' },
  DISABLED: { CREATE_MEMBERS: 'ALREADY_MEMBER', INVITE_MEMBERS: 'ALREADY_INVITED' },
  ACCOUNT_SUSPENDED: { CREATE_MEMBERS: 'ALREADY_MEMBER', INVITE_MEMBERS: 'ALREADY_INVITED' },
};

/** What the service is expected to answer for an account, ceilings aside. */
export function verdictOn(
  operation: AddingOperation,
  { accountId, service, status }: { accountId: string; service: SecurityService; status: MemberStatus },
  email: string | null,
  ownAccountId: string,
): PlanVerdict {
  if (accountId === ownAccountId) {
    return 'SELF';
  }
  const verdict = VERDICTS[status][operation];
  return verdict === 'WOULD_CREATE' && service === 'GUARDDUTY' && email === null ? 'EMAIL_MISSING' : verdict;
}

/** Whether an account with this status is a member, or on the way: one that CreateMembers does not bring back. */
export function isMember(status: MemberStatus): boolean {
  return VERDICTS[status].CREATE_MEMBERS !== 'WOULD_CREATE';
}
