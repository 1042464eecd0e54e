import { createHash } from 'node:crypto';
import type { MembershipOperation, SecurityService } from '../../membership.js';

/** Everything about a target that a whole call shares. */
export interface CallOptions {
  readonly operation: MembershipOperation;
  readonly service: SecurityService;
  /** The detector the caller named, if any. */
  readonly detectorId: string | null;
  readonly message: string | null;
  readonly disableEmailNotification: boolean | null;
}

/**
 * The key that outcomes must have in common to travel in one call: the operation, the detector named by the caller,
 * and for invitations of GuardDuty the message and the e-mail switch, which Security Hub does not know.
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
