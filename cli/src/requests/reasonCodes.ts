import type { ReasonCode } from 'membership-gateway-client';
import { usageError } from '../faults.js';

/** Every reason code: a code that is missing here does not compile. */
const REASON_CODES: Readonly<Record<ReasonCode, true>> = {
  ACCESS_DENIED: true,
  ACCOUNT_INVALID: true,
  ALREADY_INVITED: true,
  ALREADY_MEMBER: true,
  BATCH_LIMIT_EXCEEDED: true,
  DETECTOR_NOT_FOUND: true,
  EMAIL_INVALID: true,
  EMAIL_MISSING: true,
  INTERNAL_ERROR: true,
  INVITATION_LIMIT_REACHED: true,
  MANAGED_BY_ORGANIZATION: true,
  MEMBER_LIMIT_REACHED: true,
  NOT_ASSOCIATED: true,
  NOT_CREATED: true,
  ORGANIZATION_ADMINISTRATOR_NOT_ENABLED: true,
  OTHER: true,
  OTHER_ADMINISTRATOR: true,
  SELF: true,
  SERVICE_NOT_ENABLED: true,
  STILL_ASSOCIATED: true,
  THROTTLED: true,
  UNREACHABLE: true,
};

/** The values of --accept, checked, since a misspelled code would accept nothing. */
export function acceptedCodes(values: readonly string[]): readonly ReasonCode[] {
  return values.map((value) => {
    const code = value.toUpperCase().replaceAll('-', '_');
    if (isReasonCode(code)) {
      return code;
    }
    throw usageError(
      `--accept: expected one of ${Object.keys(REASON_CODES).join(', ')}, got ${JSON.stringify(value)}`,
    );
  });
}

function isReasonCode(code: string): code is ReasonCode {
  return Object.hasOwn(REASON_CODES, code);
}
