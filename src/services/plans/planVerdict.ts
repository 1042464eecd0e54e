import type { AddingOperation, MemberStatus, PlanVerdict, SecurityService } from '../../membership.js';

/** The expected answer by status; UPSTREAMS.md, "After a lost answer", has the statuses that CreateMembers restores. */
const VERDICTS: Readonly<Record<MemberStatus, Readonly<Record<AddingOperation, PlanVerdict>>>> = {
  NOT_A_MEMBER: { CREATE_MEMBERS: 'WOULD_CREATE', INVITE_MEMBERS: 'NOT_CREATED' },
  DELETED: { CREATE_MEMBERS: 'WOULD_CREATE', INVITE_MEMBERS: 'NOT_CREATED' },
  REMOVED: { CREATE_MEMBERS: 'WOULD_CREATE', INVITE_MEMBERS: 'WOULD_INVITE' },
  RESIGNED: { CREATE_MEMBERS: 'WOULD_CREATE', INVITE_MEMBERS: 'WOULD_INVITE' },
  CREATED: { CREATE_MEMBERS: 'ALREADY_MEMBER', INVITE_MEMBERS: 'WOULD_INVITE' },
  EMAIL_VERIFICATION_IN_PROGRESS: { CREATE_MEMBERS: 'ALREADY_MEMBER', INVITE_MEMBERS: 'WOULD_INVITE' },
  EMAIL_VERIFICATION_FAILED: {
    CREATE_MEMBERS: 'ALREADY_MEMBER',
    INVITE_MEMBERS: 'EMAIL_VERIFICATION_FAILED',
  },
  OTHER: { CREATE_MEMBERS: 'ALREADY_MEMBER', INVITE_MEMBERS: 'WOULD_INVITE' },
  INVITED: { CREATE_MEMBERS: 'ALREADY_MEMBER', INVITE_MEMBERS: 'ALREADY_INVITED' },
  ENABLED: { CREATE_MEMBERS: 'ALREADY_MEMBER', INVITE_MEMBERS: 'ALREADY_INVITED' },
  DISABLED: { CREATE_MEMBERS: 'ALREADY_MEMBER', INVITE_MEMBERS: 'ALREADY_INVITED' },
  ACCOUNT_SUSPENDED: { CREATE_MEMBERS: 'ALREADY_MEMBER', INVITE_MEMBERS: 'ALREADY_INVITED' },
};

/** The expected answer of the service for an account, without the limits of the target. */
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

/** Whether an account with this status is a member or invited: CreateMembers would not restore it. */
export function isMember(status: MemberStatus): boolean {
  return VERDICTS[status].CREATE_MEMBERS !== 'WOULD_CREATE';
}
