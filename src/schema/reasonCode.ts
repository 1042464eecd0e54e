import type { ReasonCode as ReasonCodeName } from '../membership.js';
import { describedEnum } from './enums.js';

/** Why an account was not processed (UPSTREAMS.md, "Why an account comes back unprocessed"). */
export const ReasonCode = describedEnum<ReasonCodeName>(
  'ReasonCode',
  'Why an account was not processed: a stable code, the same for both services, that scripts may branch ' +
    "on. The service's own words are in Outcome.reason and may change without notice. Retryable codes may " +
    'pass by themselves: the gateway has already sent such an account several times, with growing delays, ' +
    'before it records one. The others need somebody to change something first.',
  {
    ALREADY_MEMBER:
      'The account is a member of this administrator already. Not retryable; usually nothing is left to do.',
    ALREADY_INVITED:
      'The administrator has already invited the account, which has not accepted yet. Not retryable: ' +
      'somebody in that account accepts the invitation.',
    SELF: 'The account is the administrator itself, which cannot be its own member. Not retryable.',
    OTHER_ADMINISTRATOR:
      'The account is a member of another administrator. Not retryable: it has to be disassociated there ' +
      'first.',
    MEMBER_LIMIT_REACHED:
      'The administrator has as many members as the service allows in this region: 50,000 in GuardDuty ' +
      'for a delegated administrator, 10,000 in Security Hub. Not retryable.',
    INVITATION_LIMIT_REACHED:
      'Too many invitations are open: Security Hub allows 1,000 per administrator and region. Not ' +
      'retryable until some are accepted or declined.',
    EMAIL_MISSING:
      'The service wants an e-mail address for this account and got none. Not retryable as it is.',
    EMAIL_INVALID: 'The service did not take the e-mail address of this account. Not retryable as it is.',
    ACCOUNT_INVALID: 'The service does not know or does not take the account id. Not retryable.',
    NOT_CREATED:
      'The account is not on the list of members, so it cannot be invited. Not retryable: createMembers ' +
      'comes first.',
    NOT_ASSOCIATED:
      'The account is not associated with this administrator, which the operation needs it to be, or not on its list ' +
      'at all. Not retryable; after a removal usually nothing is left to do.',
    STILL_ASSOCIATED:
      'The account is still associated with this administrator: deleteMembers wants it disassociated first, or, after ' +
      'disassociateMembers, Security Hub answered and yet goes on showing it as a member. Not retryable.',
    ORGANIZATION_ADMINISTRATOR_NOT_ENABLED:
      "The account is the organization's management account, and it has to enable the service itself " +
      'before it can be added. Not retryable until then.',
    SERVICE_NOT_ENABLED:
      'The administrator has not enabled the service in this region: ListDetectors found no GuardDuty ' +
      'detector, or Security Hub refused the call with InvalidAccessException. Not retryable until it is ' +
      'enabled.',
    DETECTOR_NOT_FOUND:
      'GuardDuty says that the detector used does not belong to the administrator: it is not of this ' +
      'account and region, or was deleted meanwhile. Not retryable: correct detectorId, or leave it out.',
    ACCESS_DENIED:
      "The gateway's credentials may not do this: a missing IAM permission, a role that cannot be " +
      'assumed, or an opt-in region that is off. Not retryable until that is mended.',
    BATCH_LIMIT_EXCEEDED:
      'The service counted more accounts in the call than it takes and left this one out ("Maximum number ' +
      'of results exceeded"). Retryable.',
    THROTTLED: 'The service refused the call because of its rate limit, until sends were used up. Retryable.',
    INTERNAL_ERROR: 'The service failed inside, for this account or for the whole call (5xx). Retryable.',
    UNREACHABLE: 'No answer came: a time-out, a cut connection, a name that does not resolve. Retryable.',
    OTHER: "None of the above: read the service's own words in Outcome.reason. Not counted as retryable.",
  },
);
