import type { ReasonCode } from '../../membership.js';

/** A reason code and the phrases that show it. */
export interface ReasonPattern {
  readonly reasonCode: ReasonCode;
  /** Any one of these in the text is enough; compared after `normalize`. */
  readonly phrases: readonly string[];
}

/**
 * Why an account is unprocessed, by the service's text next to it. The first row that matches decides, since a text may
 * contain two reasons ("has already invited or is already the master").
 *
 * Source: UPSTREAMS.md, "Why an account comes back unprocessed", which holds the same rows in the same order (a test
 * compares them) and says which texts were seen and which are guesses.
 */
export const REASON_PATTERNS: readonly ReasonPattern[] = [
  { reasonCode: 'ALREADY_INVITED', phrases: ['has already invited'] },
  {
    reasonCode: 'ALREADY_MEMBER',
    phrases: [
      'already a member or associated member of the current account',
      'already the GuardDuty master of the given member account',
      'already the SecurityHub master of the given member account',
    ],
  },
  { reasonCode: 'SELF', phrases: ['cannot become a member of itself', 'cannot invite itself'] },
  { reasonCode: 'OTHER_ADMINISTRATOR', phrases: ['already an associated member of another master account'] },
  { reasonCode: 'MEMBER_LIMIT_REACHED', phrases: ['cannot exceed the maximum number of allowed members'] },
  {
    reasonCode: 'INVITATION_LIMIT_REACHED',
    phrases: ['maximum number of outstanding invitations', 'maximum number of invitations'],
  },
  { reasonCode: 'EMAIL_MISSING', phrases: ['email address is missing'] },
  {
    reasonCode: 'EMAIL_INVALID',
    phrases: [
      'email address of the given account ID is not valid',
      'email address is not valid',
      'email address is invalid',
      'invalid email',
    ],
  },
  {
    reasonCode: 'ACCOUNT_INVALID',
    phrases: [
      'not a valid AWS account',
      'account ID is not valid',
      'account ID is invalid',
      'invalid account',
    ],
  },
  {
    reasonCode: 'NOT_CREATED',
    phrases: ['has not been created as a member', 'must first be created as a member'],
  },
  {
    reasonCode: 'MANAGED_BY_ORGANIZATION',
    phrases: [
      'autoEnableOrganizationMembers',
      'belongs to an organization',
      'managed through AWS Organizations',
      'managed by AWS Organizations',
    ],
  },
  {
    reasonCode: 'NOT_ASSOCIATED',
    phrases: ['is not an associated member', 'not yet associated to it', 'is not a member'],
  },
  { reasonCode: 'STILL_ASSOCIATED', phrases: ['since it is still associated to it'] },
  {
    reasonCode: 'ORGANIZATION_ADMINISTRATOR_NOT_ENABLED',
    phrases: ['your organization master must first enable'],
  },
  {
    reasonCode: 'SERVICE_NOT_ENABLED',
    phrases: ['GuardDuty is not enabled', 'SecurityHub is not enabled', 'not subscribed to AWS SecurityHub'],
  },
  { reasonCode: 'BATCH_LIMIT_EXCEEDED', phrases: ['Maximum number of results exceeded'] },
  { reasonCode: 'INTERNAL_ERROR', phrases: ['Internal error', 'Internal server error'] },
];

/** The stable code for the service's text next to an unprocessed account; OTHER for an unknown text. */
export function classifyUnprocessed(result: string): ReasonCode {
  const text = normalize(result);
  const pattern = REASON_PATTERNS.find(({ phrases }) =>
    phrases.some((phrase) => text.includes(normalize(phrase))),
  );
  return pattern?.reasonCode ?? 'OTHER';
}

/**
 * The text without differences that have no meaning: case, spacing, "administrator" (newer texts) for "master" (older
 * texts), and the spellings of e-mail and Security Hub.
 */
function normalize(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/\s+/g, ' ')
    .replaceAll('administrator', 'master')
    .replaceAll('e-mail', 'email')
    .replaceAll('security hub', 'securityhub');
}
