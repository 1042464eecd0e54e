import type { AddingOperation, MemberStatus, SecurityService, TargetAddress } from '../../membership.js';
import { countMembers } from '../members/countMembers.js';
import type { MemberReads } from '../members/memberReads.js';

/** Most members of an administrator in a region (UPSTREAMS.md, "Both services"). */
const MEMBERS: Readonly<Record<SecurityService, number>> = { GUARDDUTY: 50_000, SECURITY_HUB: 10_000 };

/** Most invitations that wait for an answer (UPSTREAMS.md, "Both services"); null: none is known. */
const INVITATIONS: Readonly<Record<SecurityService, number | null>> = {
  GUARDDUTY: null,
  SECURITY_HUB: 1_000,
};

/** How many more the target takes before it reaches its ceiling. */
export type Room =
  /** So many; Infinity where no ceiling is known. */
  | { readonly kind: 'COUNTED'; readonly room: number }
  /** There are too many members to count in time, or they could not be listed. */
  | { readonly kind: 'NOT_COUNTED' };

/** Counts what the operation would add to. */
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
