import type { MemberStatus as MemberStatusName } from '../membership.js';
import { describedEnum } from './enums.js';

/** Where a member stands. */
export const MemberStatus = describedEnum<MemberStatusName>(
  'MemberStatus',
  "Where an account stands with an administrator, in one vocabulary: GuardDuty's RelationshipStatus and Security " +
    "Hub's MemberStatus, compared without regard to case. serviceStatus has the word as the service wrote it.",
  {
    CREATED:
      'Added with CreateMembers and not invited yet. For an account of the organization that lasts a moment; any ' +
      'other waits for InviteMembers.',
    INVITED: 'An invitation was sent, and the account has neither accepted nor declined it.',
    ENABLED:
      'An active member: its findings come to the administrator. Older regions of Security Hub write Associated.',
    DISABLED: 'A member whose GuardDuty is suspended, by the administrator or by itself.',
    REMOVED: 'The administrator disassociated it. The entry stays until DeleteMembers.',
    RESIGNED: 'The account left by itself. The entry stays until DeleteMembers.',
    DELETED: 'The administrator deleted it from its members; seen in Security Hub.',
    EMAIL_VERIFICATION_IN_PROGRESS:
      'GuardDuty compares the e-mail address given with that of the account; an invitation follows.',
    EMAIL_VERIFICATION_FAILED:
      'The e-mail address given is not that of the account: no invitation went out. Delete the member and create ' +
      'it again with the right address.',
    ACCOUNT_SUSPENDED: 'AWS has suspended or closed the account; seen in Security Hub.',
    NOT_A_MEMBER: 'The service does not know the account under this administrator in this region.',
    OTHER: 'A word that the gateway does not know yet: serviceStatus has it.',
  },
);
