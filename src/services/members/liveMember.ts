import type { MemberStatus, TargetAddress } from '../../membership.js';
import type { ServiceMember } from '../../ports/upstream.js';
import { memberStatusOf } from './memberStatus.js';

/** A member account as a service showed it. */
export interface LiveMember extends TargetAddress {
  readonly accountId: string;
  readonly email: string | null;
  readonly status: MemberStatus;
  /** The service's own word; null when the service does not know the account. */
  readonly serviceStatus: string | null;
  /** AWS's clock. */
  readonly invitedAt: Date | null;
  /** AWS's clock. */
  readonly updatedAt: Date | null;
  /** The service answered then or a moment later; the database's clock. */
  readonly observedAt: Date;
}

/** A member as the service showed it. */
export function liveMember(target: TargetAddress, member: ServiceMember, observedAt: Date): LiveMember {
  const { administrator, service, region } = target;
  const { accountId, email, serviceStatus, invitedAt, updatedAt } = member;
  const status = memberStatusOf(serviceStatus);
  const word = serviceStatus || null;
  return {
    administrator,
    service,
    region,
    accountId,
    email,
    status,
    serviceStatus: word,
    invitedAt,
    updatedAt,
    observedAt,
  };
}

/** The reverse of `liveMember`; null for an account that the service does not know. */
export function serviceMember(shown: LiveMember): ServiceMember | null {
  if (shown.status === 'NOT_A_MEMBER') {
    return null;
  }
  const { accountId, email, serviceStatus, invitedAt, updatedAt } = shown;
  return { accountId, email, serviceStatus: serviceStatus ?? '', invitedAt, updatedAt };
}

/** An account that the service does not know. */
export function notAMember(target: TargetAddress, accountId: string, observedAt: Date): LiveMember {
  const unknown = { accountId, serviceStatus: '', email: null, invitedAt: null, updatedAt: null };
  return { ...liveMember(target, unknown, observedAt), status: 'NOT_A_MEMBER' };
}
