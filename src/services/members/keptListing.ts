import type { InventoryReads } from '../../ports/inventory.js';
import type { ListAllMembers } from '../../ports/memberListing.js';

/** Lists all members of a target from the inventory when that is young enough, and else by asking the service now. */
export function createKeptListing(
  reads: Pick<InventoryReads, 'listing'>,
  listNow: ListAllMembers,
): ListAllMembers {
  return async (target, maxAgeMs) =>
    (maxAgeMs > 0 ? await reads.listing(target, maxAgeMs) : null) ?? listNow(target, 0);
}
