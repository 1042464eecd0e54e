import type { AddingOperation, MemberStatus, SecurityService, TargetAddress } from '../../membership.js';
import { countMembers } from '../members/countMembers.js';
import type { MemberReads } from '../members/memberReads.js';

/** Most members of an administrator in a region (UPSTREAMS.md, "Both services"). */
const MEMBER_LIMITS: Readonly<Record<SecurityService, number>> = { GUARDDUTY: 50_000, SECURITY_HUB: 10_000 };

/** Most open invitations (UPSTREAMS.md, "Both services"); null: no limit is known. */
const INVITATION_LIMITS: Readonly<Record<SecurityService, number | null>> = {
  GUARDDUTY: null,
  SECURITY_HUB: 1_000,
};

/** The number of members, or of open invitations, that a target can still get. */
export type Capacity =
  /** Infinity where no limit is known. */
  | { readonly kind: 'COUNTED'; readonly remaining: number }
  /** The members could not be counted within 20 seconds, or could not be listed. */
  | { readonly kind: 'NOT_COUNTED' };

/** Counts the members of the target for CREATE_MEMBERS, its open invitations for INVITE_MEMBERS. */
export async function remainingCapacity(
  reads: MemberReads,
  target: TargetAddress,
  operation: AddingOperation,
): Promise<Capacity> {
  const limits = operation === 'CREATE_MEMBERS' ? MEMBER_LIMITS : INVITATION_LIMITS;
  const limit = limits[target.service];
  if (limit === null) {
    return { kind: 'COUNTED', remaining: Infinity };
  }
  const counts = (status: MemberStatus): boolean => operation === 'CREATE_MEMBERS' || status === 'INVITED';
  const members = await countMembers(reads, target, counts, (some) => some >= limit);
  if (members === null) {
    return { kind: 'NOT_COUNTED' };
  }
  return { kind: 'COUNTED', remaining: Math.max(0, limit - members) };
}
