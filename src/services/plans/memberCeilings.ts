import type { AddingOperation, MemberStatus, SecurityService, TargetAddress } from '../../membership.js';
import { countMembers } from '../members/countMembers.js';
import type { MemberReads } from '../members/memberReads.js';

/** Most members of an administrator in a region (UPSTREAMS.md, "Both services"). */
const MEMBERS: Readonly<Record<SecurityService, number>> = { GUARDDUTY: 50_000, SECURITY_HUB: 10_000 };

/** Most open invitations (UPSTREAMS.md, "Both services"); null: no limit is known. */
const INVITATIONS: Readonly<Record<SecurityService, number | null>> = {
  GUARDDUTY: null,
  SECURITY_HUB: 1_000,
};

/** How many more members or invitations the target takes. */
export type Room =
  /** Infinity where no limit is known. */
  | { readonly kind: 'COUNTED'; readonly room: number }
  /** 20 seconds were not enough to count the members, or they could not be listed. */
  | { readonly kind: 'NOT_COUNTED' };

/** The room that the operation has at a target. */
export async function roomFor(
  reads: MemberReads,
  target: TargetAddress,
  operation: AddingOperation,
): Promise<Room> {
  const ceiling = operation === 'CREATE_MEMBERS' ? MEMBERS[target.service] : INVITATIONS[target.service];
  if (ceiling === null) {
    return { kind: 'COUNTED', room: Infinity };
  }
  const counts = (status: MemberStatus): boolean => operation === 'CREATE_MEMBERS' || status === 'INVITED';
  const members = await countMembers(reads, target, counts, (some) => some >= ceiling);
  if (members === null) {
    return { kind: 'NOT_COUNTED' };
  }
  return { kind: 'COUNTED', room: Math.max(0, ceiling - members) };
}
