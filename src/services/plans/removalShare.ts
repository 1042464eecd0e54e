import type { MemberStatus, RemovingOperation, TargetAddress } from '../../membership.js';
import type { InventoryReads } from '../../ports/inventory.js';
import { countMembers } from '../members/countMembers.js';
import type { MemberReads } from '../members/memberReads.js';
import { memberStatusOf } from '../members/memberStatus.js';

/** How old the inventory may be to count by, in milliseconds. Ours: a guard against mistakes need not know the last minute. */
const INVENTORY_GOOD_FOR_MS = 3_600_000;

/** Statuses of entries that are left of a membership: nothing can be disassociated there. */
const GONE: readonly MemberStatus[] = ['NOT_A_MEMBER', 'REMOVED', 'RESIGNED', 'DELETED'];

/** Where members are counted. */
export interface ShareReads {
  readonly reads: Pick<MemberReads, 'page'>;
  readonly inventory: Pick<InventoryReads, 'listing'>;
}

/** How much of a target one request would take, and may. */
export interface RemovalShare {
  /** The share that one request may take, in per cent. */
  readonly percent: number;
  /** Accounts of the request that count. */
  readonly counted: number;
  /** Members of the target that count, as far as they were listed; null when they need not be, or could not be. */
  readonly members: number | null;
  /** The most that may go, by the members listed; null with `members`. */
  readonly mayGo: number | null;
  /** `NOT_COUNTED`: there are too many members to count in time, or they could not be listed. */
  readonly verdict: 'WITHIN' | 'EXCEEDED' | 'NOT_COUNTED';
}

/**
 * Whether a member counts: for a deletion every entry of the list does, since its details are lost; for a disassociation
 * those that are not gone already. An account that could not be removed as it stands counts too: by the time of the
 * removal it may.
 */
export function countsFor(operation: RemovingOperation, status: MemberStatus): boolean {
  return operation === 'DELETE_MEMBERS' ? status !== 'NOT_A_MEMBER' : !GONE.includes(status);
}

/**
 * Holds a removal against the share of a target's members that one request may take; one member always may go. Members
 * are counted in the inventory where that is young enough, and else by listing them until they are enough.
 *
 * @param counted accounts of the request that count (`countsFor`).
 */
export async function removalShare(
  { reads, inventory }: ShareReads,
  target: TargetAddress,
  { operation, counted, percent }: { operation: RemovingOperation; counted: number; percent: number },
): Promise<RemovalShare> {
  if (counted <= 1 || percent === 100) {
    return { percent, counted, members: null, mayGo: null, verdict: 'WITHIN' };
  }
  const mayGoOf = (members: number): number => Math.max(1, Math.floor((members * percent) / 100));
  const counts = (status: MemberStatus): boolean => countsFor(operation, status);
  const listing = await inventory.listing(target, INVENTORY_GOOD_FOR_MS);
  const members =
    listing === null
      ? await countMembers(reads, target, counts, (some) => mayGoOf(some) >= counted)
      : listing.members.filter(({ serviceStatus }) => counts(memberStatusOf(serviceStatus))).length;
  if (members === null) {
    return { percent, counted, members, mayGo: null, verdict: 'NOT_COUNTED' };
  }
  const mayGo = mayGoOf(members);
  return { percent, counted, members, mayGo, verdict: mayGo >= counted ? 'WITHIN' : 'EXCEEDED' };
}
