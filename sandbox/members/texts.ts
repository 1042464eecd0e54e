import type { Service } from '../scope.js';

/**
 * The result texts of unprocessed accounts. All but INVENTED_TEXTS are observed texts (UPSTREAMS.md, "Why an account
 * comes back unprocessed"). If only a part was observed (the organization's administrator, most of Security Hub's
 * texts), the rest of the sentence follows GuardDuty's.
 */
export interface ResultTexts {
  readonly alreadyMember: string;
  readonly alreadyInvited: string;
  readonly memberOfItself: string;
  readonly invitesItself: string;
  readonly otherAdministrator: string;
  readonly memberLimit: string;
  readonly invitationLimit: string;
  readonly emailMissing: string;
  readonly emailInvalid: string;
  readonly accountInvalid: string;
  readonly notCreated: string;
  readonly notAMember: string;
  readonly notYetAssociated: string;
  readonly stillAssociated: string;
  readonly organizationAdministratorNotEnabled: string;
  readonly serviceNotEnabled: string;
  readonly autoEnabled: string;
  readonly organizationAccount: string;
  readonly batchLimit: string;
  readonly internalError: string;
  readonly other: string;
}

/** Texts that no service was observed to write. With them every reason code has a magic account id. */
export const INVENTED_TEXTS = [
  'invitationLimit',
  'emailInvalid',
  'accountInvalid',
  'notCreated',
  'serviceNotEnabled',
  'autoEnabled',
  'organizationAccount',
  'other',
] as const satisfies readonly (keyof ResultTexts)[];

const REJECTED = 'The request is rejected because';

const COMMON = {
  alreadyMember: `${REJECTED} the given account ID is already a member or associated member of the current account.`,
  memberOfItself: `${REJECTED} an account cannot become a member of itself.`,
  invitesItself: `${REJECTED} the current account cannot invite itself.`,
  otherAdministrator: `${REJECTED} the current account cannot create members since it is already an associated member of another master account.`,
  memberLimit: `${REJECTED} the current account cannot create anymore members since it cannot exceed the maximum number of allowed members.`,
  invitationLimit: `${REJECTED} the current account cannot send more invitations since it cannot exceed the maximum number of outstanding invitations.`,
  emailMissing: `${REJECTED} member account's email address is missing.`,
  emailInvalid: `${REJECTED} the email address of the given account ID is not valid.`,
  accountInvalid: `${REJECTED} the given account ID is not a valid AWS account ID.`,
  notCreated: `${REJECTED} the given account ID has not been created as a member of the current account.`,
  notAMember: `${REJECTED} the given account ID is not an associated member of account the current account.`,
  notYetAssociated: `${REJECTED} the current account cannot disassociate the given member account ID since the latter is not yet associated to it.`,
  stillAssociated: `${REJECTED} the current account cannot delete the given member account ID since it is still associated to it.`,
  autoEnabled: `${REJECTED} autoEnableOrganizationMembers is ALL for the organization of the given account ID.`,
  organizationAccount: `${REJECTED} the given account ID belongs to an organization.`,
  batchLimit: 'Maximum number of results exceeded',
  internalError: 'Internal error',
  other: 'The request is rejected for a reason that only this sandbox knows.',
};

/** The result texts of each service. */
export const RESULT_TEXTS: Readonly<Record<Service, ResultTexts>> = {
  guardduty: {
    ...COMMON,
    alreadyInvited: `${REJECTED} the current account has already invited or is already the GuardDuty master of the given member account ID.`,
    organizationAdministratorNotEnabled:
      'The request failed because your organization master must first enable GuardDuty to be added as a member',
    serviceNotEnabled: `${REJECTED} GuardDuty is not enabled in the given account ID.`,
  },
  securityhub: {
    ...COMMON,
    alreadyInvited: `${REJECTED} the current account has already invited or is already the SecurityHub master of the given member account ID.`,
    organizationAdministratorNotEnabled:
      'The request failed because your organization master must first enable SecurityHub to be added as a member',
    serviceNotEnabled: `${REJECTED} Security Hub is not enabled in the given account ID.`,
  },
};

/**
 * The texts for invited accounts and members. All but `managed`, which is invented, are GuardDuty's (UPSTREAMS.md, "Texts of
 * other operations"). Security Hub's are not known; the sandbox uses the same.
 */
export const INVITATION_TEXTS = {
  hasMembers: `${REJECTED} the current account cannot accept invitations since it still has created, invited or associated members.`,
  isMember: `${REJECTED} the current account cannot accept invitations since it is already an associated member of some master account.`,
  notInvited: `${REJECTED} the current account has no pending invitation from the given master account ID or is already an associated member of another master account.`,
  administratorIsMember: `${REJECTED} the current account cannot accept invitation from the given account ID since the latter is an associated member of another master account.`,
  notDeclined: `${REJECTED} the current account cannot delete the invitation from the given master account ID since it is still associated to it or has not declined their invitation yet.`,
  notAssociated: `${REJECTED} the current account is not associated to a master account.`,
  managed: `${REJECTED} the current account is managed by the delegated administrator of its organization.`,
} as const;
