/** GuardDuty's limits for the length of AccountDetail.Email (UPSTREAMS.md, GuardDuty). */
const EMAIL_LENGTH = { min: 6, max: 64 };

const LOCAL_PART = /^(?!\.)[^\s"'()<>[\]:,\\|%&]+$/;
const DOMAIN = /^(?![.-])(?=.*\.)[A-Za-z0-9.-]+(?<![.-])$/;
const ASCII = /^[!-~]+$/;

/** Returns whether GuardDuty accepts the e-mail address of a member (UPSTREAMS.md, GuardDuty: Email). */
export function isMemberEmail(email: string): boolean {
  const [local = '', domain = '', ...more] = email.split('@');
  return (
    email.length >= EMAIL_LENGTH.min &&
    email.length <= EMAIL_LENGTH.max &&
    more.length === 0 &&
    ASCII.test(email) &&
    LOCAL_PART.test(local) &&
    DOMAIN.test(domain)
  );
}
