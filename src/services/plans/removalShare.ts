import type { MemberStatus, RemovingOperation, TargetAddress } from '../../membership.js';
import type { InventoryReads } from '../../ports/inventory.js';
import { countMembers } from '../members/countMembers.js';
import type { MemberReads } from '../members/memberReads.js';
import { memberStatusOf } from '../members/memberStatus.js';

/** Oldest inventory to count members in, in milliseconds. Ours: a guard against mistakes does not need the latest minute. */
const MAX_INVENTORY_AGE_MS = 3_600_000;

/** Statuses of entries that belong to no administrator any more: nothing can be disassociated there. */
const NOT_ASSOCIATED: readonly MemberStatus[] = ['NOT_A_MEMBER', 'REMOVED', 'RESIGNED', 'DELETED'];

/** Where members are counted. */
export interface ShareReads {
  readonly reads: Pick<MemberReads, 'page'>;
  readonly inventory: Pick<InventoryReads, 'listing'>;
}

/** The share of a target's members that one request would remove, and the limit. */
export interface RemovalShare {
  /** The limit, in per cent of the members. */
  readonly percent: number;
  /** Accounts of the request that count. */
  readonly counted: number;
  /** Members of the target that count, as far as they were listed; null when they were not needed or could not be counted. */
  readonly members: number | null;
  /** Most accounts that may be removed, by the members listed; null with `members`. */
  readonly mayGo: number | null;
  /** `NOT_COUNTED`: 20 seconds were not enough to count the members, or they could not be listed. */
  readonly verdict: 'WITHIN' | 'EXCEEDED' | 'NOT_COUNTED';
}

/**
 * Whether a member counts. For a deletion every entry of the list counts, since its details are lost; for a disassociation
 * the entries that are associated. An account that cannot be removed now counts too: it may be removable by the time of the
 * removal.
 */
export function countsFor(operation: RemovingOperation, status: MemberStatus): boolean {
  return operation === 'DELETE_MEMBERS' ? status !== 'NOT_A_MEMBER' : !NOT_ASSOCIATED.includes(status);
}

/**
 * Compares a removal with the share of a target's members that one request may remove; one member may always be removed.
 * Members are counted in the inventory if it is at most an hour old, otherwise by listing them until they are enough.
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
  const listing = await inventory.listing(target, MAX_INVENTORY_AGE_MS);
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
