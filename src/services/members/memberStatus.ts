import type { MemberStatus } from '../../membership.js';

/**
 * The words of both services, in lower case (UPSTREAMS.md, "GuardDuty" and "Security Hub"): documents disagree about
 * their case. `Associated` is what older regions of Security Hub call a member that is enabled.
 */
const STATUS_BY_WORD: Readonly<Record<string, MemberStatus>> = {
  created: 'CREATED',
  invited: 'INVITED',
  enabled: 'ENABLED',
  associated: 'ENABLED',
  disabled: 'DISABLED',
  removed: 'REMOVED',
  resigned: 'RESIGNED',
  deleted: 'DELETED',
  emailverificationinprogress: 'EMAIL_VERIFICATION_IN_PROGRESS',
  emailverificationfailed: 'EMAIL_VERIFICATION_FAILED',
  accountsuspended: 'ACCOUNT_SUSPENDED',
};

/** GuardDuty's RelationshipStatus or Security Hub's MemberStatus in one vocabulary; an unknown word is OTHER. */
export function memberStatusOf(serviceStatus: string): MemberStatus {
  const word = serviceStatus.toLowerCase();
  return Object.hasOwn(STATUS_BY_WORD, word) ? (STATUS_BY_WORD[word] ?? 'OTHER') : 'OTHER';
}
