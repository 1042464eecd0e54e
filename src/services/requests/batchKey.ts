import { createHash } from 'node:crypto';
import type { MembershipOperation, SecurityService } from '../../membership.js';

/** The options that all accounts of a call share. */
export interface CallOptions {
  readonly operation: MembershipOperation;
  readonly service: SecurityService;
  /** The detector that the caller named; null: none. */
  readonly detectorId: string | null;
  readonly message: string | null;
  readonly disableEmailNotification: boolean | null;
}

/**
 * A key that is equal for outcomes that may share a call. It covers the operation, the detector that the caller named, and
 * for invitations of GuardDuty the message and disableEmailNotification, which Security Hub does not have.
 */
export function batchKeyOf(options: CallOptions): string {
  const { operation, service, detectorId } = options;
  const invitation =
    operation === 'INVITE_MEMBERS' && service === 'GUARDDUTY'
      ? [options.message, options.disableEmailNotification]
      : [];
  const shared = [detectorId, ...invitation];
  if (shared.every((option) => option === null)) {
    return operation;
  }
  return `${operation}:${createHash('sha256').update(JSON.stringify(shared)).digest('hex').slice(0, 32)}`;
}
