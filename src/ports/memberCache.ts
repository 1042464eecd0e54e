import type { TargetAddress } from '../membership.js';
import type { MemberPageQuery, ServiceMember } from './upstream.js';

/** One account at one target. */
export interface MemberKey {
  readonly target: TargetAddress;
  readonly accountId: string;
}

/** A cached read of one account at one target. */
export interface CachedMember {
  /** Null: the service did not know the account. */
  readonly member: ServiceMember | null;
  readonly observedAt: Date;
}

/** A cached page of the members of a target. */
export interface CachedPage {
  readonly members: readonly ServiceMember[];
  /** The token of the next page; null on the last one. */
  readonly nextToken: string | null;
  readonly observedAt: Date;
}

/**
 * Observations of members for callers that accept cached data: the inventory and cached reads. All replicas share them. Each function is one SQL statement.
 */
export interface MemberCache {
  /** The latest observation of each account, in the order of the keys; null where none is young enough. */
  members(keys: readonly MemberKey[], maxAgeSeconds: number): Promise<(CachedMember | null)[]>;
  saveMembers(read: readonly (MemberKey & CachedMember)[]): Promise<void>;
  /**
   * A page of the inventory of a target: the members after an account id (an empty string: the first page). Null when the
   * target was not observed, or the observation is too old (`maxAgeSeconds` null: never too old).
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
  /** A cached page of the service's own list; null when none is young enough. */
  page(target: TargetAddress, query: MemberPageQuery, maxAgeSeconds: number): Promise<CachedPage | null>;
  savePage(target: TargetAddress, query: MemberPageQuery, page: CachedPage): Promise<void>;
  /** Erases cached reads and pages that are older. */
  erase(olderThanSeconds: number): Promise<void>;
}
