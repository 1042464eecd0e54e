import { hasInvisible } from '../../errors.js';

/** GuardDuty's limits on AccountDetail.Email (UPSTREAMS.md, "GuardDuty"), in characters. */
const GUARDDUTY_EMAIL_LENGTH = { min: 6, max: 64 } as const;

/** Longest e-mail address (RFC 5321, 4.5.3.1: 64 + @ + 255), in characters. Security Hub documents no limit of its own. */
const EMAIL_MAX_LENGTH = 320;

/** Printable 7-bit ASCII without white space and without the characters GuardDuty excludes. */
const GUARDDUTY_LOCAL_PART = /^(?!\.)[!#$*+\-./0-9;=?@A-Z^_`a-z{}~]+$/;
const GUARDDUTY_DOMAIN = /^(?![.-])[A-Za-z0-9-]*\.[A-Za-z0-9.-]*(?<![.-])$/;

/** Why GuardDuty would refuse an e-mail address, as "expected ..."; null if it takes the address. */
export function guardDutyEmailFault(email: string): string | null {
  const { min, max } = GUARDDUTY_EMAIL_LENGTH;
  if (email.length < min || email.length > max) {
    return `expected ${min} to ${max} characters, got ${email.length}`;
  }
  const [local = '', domain = '', ...more] = email.split('@');
  if (more.length > 0 || !email.includes('@')) {
    return `expected exactly one @, got ${email.split('@').length - 1}`;
  }
  if (!GUARDDUTY_LOCAL_PART.test(local)) {
    return 'expected the part before the @ to be 7-bit ASCII without white space, without any of " \' ( ) < > [ ] : , \\ | % & and without a leading dot';
  }
  if (!GUARDDUTY_DOMAIN.test(domain)) {
    return 'expected a domain of letters, digits, hyphens and at least one dot, without a leading or trailing dot or hyphen';
  }
  return null;
}

/** Why text is no e-mail address, as "expected ..."; null if it is one. Security Hub takes every address. */
export function securityHubEmailFault(email: string): string | null {
  if (email.length <= EMAIL_MAX_LENGTH && /^[^\s@\0]+@[^\s@\0]+$/.test(email) && !hasInvisible(email)) {
    return null;
  }
  return `expected one e-mail address of at most ${EMAIL_MAX_LENGTH} characters`;
}
