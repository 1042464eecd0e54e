import type { MemberStatus, RemovingOperation, TargetAddress } from '../../membership.js';
import type { InventoryReads } from '../../ports/inventory.js';
import type { PlannedAccounts, RecordedRemovals } from '../../ports/removals.js';
import { countMembers } from '../members/countMembers.js';
import type { MemberReads } from '../members/memberReads.js';
import { memberStatusOf } from '../members/memberStatus.js';

/** Oldest inventory to count members in, in milliseconds. Ours: a guard against mistakes does not need the latest minute. */
const MAX_INVENTORY_AGE_MS = 3_600_000;

/** Statuses of entries that belong to no administrator any more: nothing can be disassociated there. */
const NOT_ASSOCIATED: readonly MemberStatus[] = ['NOT_A_MEMBER', 'REMOVED', 'RESIGNED', 'DELETED'];

/** Where members and earlier removals are counted. */
export interface ShareReads {
  readonly reads: Pick<MemberReads, 'page'>;
  readonly inventory: Pick<InventoryReads, 'listing'>;
  readonly removals: RecordedRemovals;
}

/** The share of a target's members that a removal would remove, together with other removals of a day, and the limit. */
export interface RemovalShare {
  /** The limit, in per cent of the members. */
  readonly percent: number;
  /** Accounts of the request that count. */
  readonly counted: number;
  /** Accounts of other requests that were removed within a day, or will be; 0 without a limit. */
  readonly removedWithinDay: number;
  /** Members of the target that count, as far as they were listed; null when they were not needed or could not be counted. */
  readonly members: number | null;
  /**
   * Most accounts that may be removed within a day, by the members listed and those removed since; null with `members`.
   */
  readonly mayGo: number | null;
  /** Most accounts that removals of a day may name when this one is recorded; null: no limit. */
  readonly limit: number | null;
  /** `NOT_COUNTED`: 20 seconds were not enough to count the members, or they could not be listed. */
  readonly verdict: 'WITHIN' | 'EXCEEDED' | 'NOT_COUNTED';
}

/** The accounts of a removal at a target. */
export interface RemovalAccounts extends Pick<PlannedAccounts, 'operation' | 'named' | 'counted'> {
  /** Number of accounts that count, besides those listed; default 0. */
  readonly unlisted?: number;
}

/** The share of one target. */
export type ShareOfRemoval = (target: TargetAddress, accounts: RemovalAccounts) => Promise<RemovalShare>;

/**
 * Whether a member counts. For a deletion every entry of the list counts, since its details are lost; for a disassociation
 * the entries that are associated. An account that cannot be removed now counts too: it may be removable by the time of the
 * removal.
 */
export function countsFor(operation: RemovingOperation, status: MemberStatus): boolean {
  return operation === 'DELETE_MEMBERS' ? status !== 'NOT_A_MEMBER' : !NOT_ASSOCIATED.includes(status);
}

/**
 * Compares a removal, together with the other removals of a day, with the share of a target's members that may be removed
 * within a day; one member may always be removed. Members are counted in the inventory if it is at most an hour old,
 * otherwise by listing them until they are enough.
 *
 * @param percent the share that may be removed; 100: no limit.
 */
export function createShareOfRemoval(tools: ShareReads, percent: number): ShareOfRemoval {
  return (target, accounts) => removalShare(tools, target, accounts, percent);
}

async function removalShare(
  { reads, inventory, removals }: ShareReads,
  target: TargetAddress,
  { operation, named, counted: countedIds, unlisted = 0 }: RemovalAccounts,
  percent: number,
): Promise<RemovalShare> {
  const counted = countedIds.length + unlisted;
  if (percent === 100) {
    const unlimited = { percent, counted, removedWithinDay: 0, members: null, mayGo: null, limit: null };
    return { ...unlimited, verdict: 'WITHIN' };
  }
  const listing = await inventory.listing(target, MAX_INVENTORY_AGE_MS);
  const listedAt = listing?.observedAt ?? null;
  const before = await removals.withinDay(target, { operation, named, counted: countedIds, listedAt });
  const going = counted + before.others;
  // When the removal is recorded, every account that it names counts.
  const limitOf = (mayGo: number): number => mayGo + named.length - countedIds.length - before.named;
  const share = { percent, counted, removedWithinDay: before.others };
  if (counted === 0 || going <= 1) {
    return { ...share, members: null, mayGo: null, limit: limitOf(Math.max(going, 1)), verdict: 'WITHIN' };
  }
  const mayGoOf = (members: number): number =>
    Math.max(1, Math.floor(((members + before.gone) * percent) / 100));
  const counts = (status: MemberStatus): boolean => countsFor(operation, status);
  const members =
    listing === null
      ? await countMembers(reads, target, counts, (some) => mayGoOf(some) >= going)
      : listing.members.filter(({ serviceStatus }) => counts(memberStatusOf(serviceStatus))).length;
  if (members === null) {
    return { ...share, members, mayGo: null, limit: null, verdict: 'NOT_COUNTED' };
  }
  const mayGo = mayGoOf(members);
  const verdict = mayGo >= going ? 'WITHIN' : 'EXCEEDED';
  return { ...share, members, mayGo, limit: limitOf(mayGo), verdict };
}
