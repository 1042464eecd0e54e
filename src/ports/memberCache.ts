import type { TargetAddress } from '../membership.js';
import type { MemberPageQuery, ServiceMember } from './upstream.js';

/** One account at one target. */
export interface MemberKey {
  readonly target: TargetAddress;
  readonly accountId: string;
}

/** What was kept of one account at one target. */
export interface CachedMember {
  /** Null: the service did not know the account then. */
  readonly member: ServiceMember | null;
  readonly observedAt: Date;
}

/** What was kept of a page of the members of a target. */
export interface CachedPage {
  readonly members: readonly ServiceMember[];
  /** What leads to the next page; null on the last one. */
  readonly nextToken: string | null;
  readonly observedAt: Date;
}

/**
 * Observations of members that are kept for those who take an answer of some age, shared by all replicas: those of the
 * inventory, and single reads. Each function is one SQL statement.
 */
export interface MemberCache {
  /** The youngest observation of each, in the order asked for; null where none is young enough. */
  members(keys: readonly MemberKey[], maxAgeSeconds: number): Promise<(CachedMember | null)[]>;
  saveMembers(read: readonly (MemberKey & CachedMember)[]): Promise<void>;
  /**
   * The page of the inventory of a target behind an account (an empty string: the first); null when it was not observed,
   * or not in time.
   */
  inventoryPage(
    target: TargetAddress,
    after: string,
    pageSize: number,
    maxAgeSeconds: number | null,
  ): Promise<{
    readonly members: readonly ServiceMember[];
    readonly isLast: boolean;
    readonly observedAt: Date;
  } | null>;
  /** A page of the service's own list, when it is young enough. */
  page(target: TargetAddress, asked: MemberPageQuery, maxAgeSeconds: number): Promise<CachedPage | null>;
  savePage(target: TargetAddress, asked: MemberPageQuery, page: CachedPage): Promise<void>;
  /** Erases single reads and pages that are older than a day. */
  erase(olderThanSeconds: number): Promise<void>;
}
