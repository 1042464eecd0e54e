import type { ReasonCode as ReasonCodeName } from '../membership.js';
import { describedEnum } from './enums.js';

/** Why an account was not processed (UPSTREAMS.md, "Why an account comes back unprocessed"). */
export const ReasonCode = describedEnum<ReasonCodeName>(
  'ReasonCode',
  'Why an account was not processed: a stable code for both services, for scripts to branch on. ' +
    "Outcome.reason has the service's words, which may change without notice. Retryable codes may pass by " +
    'themselves; the gateway has sent the account several times, with growing delays, before recording one. ' +
    'After the others, which are not retryable, somebody must change something first.',
  {
    ALREADY_MEMBER: 'The account is already a member of this administrator. Usually nothing remains to do.',
    ALREADY_INVITED: 'The administrator has invited the account, which must accept.',
    SELF: 'The account is the administrator, which cannot be its own member.',
    OTHER_ADMINISTRATOR:
      'The account is a member of another administrator, which must disassociate it first.',
    MEMBER_LIMIT_REACHED:
      'The administrator has the most members that a region allows: 50,000 in GuardDuty for a delegated ' +
      'administrator, 10,000 in Security Hub (1,000 by invitation alone).',
    INVITATION_LIMIT_REACHED:
      'Security Hub allows 1,000 open invitations per administrator and region: some must be accepted or declined ' +
      'first.',
    EMAIL_MISSING: 'The service requires an e-mail address for the account.',
    EMAIL_INVALID: 'The service refuses the e-mail address of the account.',
    ACCOUNT_INVALID: 'The service does not know or accept the account id.',
    NOT_CREATED: 'The account is not on the member list: createMembers comes first.',
    NOT_ASSOCIATED:
      'The account is not associated with this administrator, as the operation requires, or not on its list. ' +
      'After a removal usually nothing remains to do.',
    STILL_ASSOCIATED:
      'The account is still associated with this administrator: deleteMembers requires disassociateMembers first; ' +
      'after disassociateMembers, Security Hub answered but still shows a member.',
    ORGANIZATION_ADMINISTRATOR_NOT_ENABLED:
      "The account is the organization's management account and must enable the service itself first.",
    MANAGED_BY_ORGANIZATION:
      'The account is managed by the organization of this administrator, which forbids the change: GuardDuty with ' +
      'autoEnableOrganizationMembers ALL keeps every account a member, and Security Hub deletes invited members only. ' +
      'Change the setting, or remove the account from the organization.',
    SERVICE_NOT_ENABLED:
      'The administrator has not enabled the service in this region: ListDetectors found no GuardDuty detector, ' +
      'or Security Hub answered InvalidAccessException.',
    DETECTOR_NOT_FOUND:
      "GuardDuty says that the detector is not the administrator's: of another account or region, or deleted. " +
      'Correct detectorId or omit it.',
    ACCESS_DENIED:
      "The gateway's credentials do not suffice: an IAM permission is missing, the role cannot be assumed, or the " +
      'opt-in region is off.',
    BATCH_LIMIT_EXCEEDED:
      'The service left the account out of a call with too many ("Maximum number of results exceeded"). ' +
      'Retryable.',
    THROTTLED: 'The service refused the call for its rate limit until sends were used up. Retryable.',
    INTERNAL_ERROR: 'The service failed for this account or for the whole call (5xx). Retryable.',
    UNREACHABLE:
      'No answer: a time-out, a broken connection, an unresolved host name, no valid credentials at the moment. Retryable.',
    OTHER: 'None of the above: see Outcome.reason. Not counted as retryable.',
  },
);
