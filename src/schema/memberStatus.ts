import type { MemberStatus as MemberStatusName } from '../membership.js';
import { describedEnum } from './enums.js';

/** The status of a member. */
export const MemberStatus = describedEnum<MemberStatusName>(
  'MemberStatus',
  "The status of an account at an administrator, in one vocabulary for GuardDuty's RelationshipStatus and " +
    "Security Hub's MemberStatus, compared without regard to case. serviceStatus has the service's word.",
  {
    CREATED:
      'Added with CreateMembers and not invited. For an account of the organization this lasts a moment; others ' +
      'wait for InviteMembers.',
    INVITED: 'Invited; the account has neither accepted nor declined.',
    ENABLED:
      'An active member, whose findings the administrator receives. Older regions of Security Hub write ' +
      'Associated.',
    DISABLED: 'A member whose GuardDuty is suspended, by the administrator or by itself.',
    REMOVED: 'Disassociated by the administrator. The entry stays until DeleteMembers.',
    RESIGNED: 'Disassociated by itself. The entry stays until DeleteMembers.',
    DELETED: 'Deleted by the administrator; seen in Security Hub.',
    EMAIL_VERIFICATION_IN_PROGRESS:
      "GuardDuty compares the given e-mail address with the account's. An invitation follows.",
    EMAIL_VERIFICATION_FAILED:
      "The given e-mail address is not the account's: no invitation was sent. Delete the member and create it " +
      'again with the right one.',
    ACCOUNT_SUSPENDED: 'AWS has suspended or closed the account; seen in Security Hub.',
    NOT_A_MEMBER: 'The service does not know the account at this target.',
    OTHER: 'A word that the gateway does not know: see serviceStatus.',
  },
);
