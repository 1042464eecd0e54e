import type { MemberStatus, ReasonCode, SecurityService, TargetAddress } from '../membership.js';
import type { Page, PageArgs } from './history.js';
import type { ServiceMember } from './upstream.js';

/** An observation of all members of a target that is under way: at most one for each target. */
export interface OpenObservation {
  /** UUID. */
  readonly id: string;
  readonly target: TargetAddress;
  /** The database's clock. */
  readonly startedAt: Date;
}

/** A member with the status that lists are filtered by. */
export interface ObservedMember extends ServiceMember {
  readonly status: MemberStatus;
}

/** How the inventory of a target stands. */
export interface InventoryState extends TargetAddress {
  /** When the last observation that has ended began; null when none has. */
  readonly triedAt: Date | null;
  /** Why that one failed; null when it did not. */
  readonly reasonCode: ReasonCode | null;
  readonly reason: string | null;
  /** When the last whole observation began; null when there is none. */
  readonly observedAt: Date | null;
  /** How many members that one saw. */
  readonly members: number | null;
  /** When the observation that is under way began; null when none is. */
  readonly runningSince: Date | null;
}

/** Observations of whole targets: who wants them, and what becomes of them. Each function is one SQL statement. */
export interface InventoryObservations {
  /** Notes that observations are wanted that begin from now on; returns what now is, by the database's clock. */
  want(targets: readonly TargetAddress[]): Promise<Date>;
  /** Likewise for those targets whose last observation began, or was wanted, longer than that ago. */
  wantOlderThan(targets: readonly TargetAddress[], minutes: number): Promise<void>;
  /** Those of the targets whose observation is wanted and has not ended. */
  wanted(targets: readonly TargetAddress[]): Promise<TargetAddress[]>;
  /**
   * Begins an observation, and ends one of the same target that is still open: whoever made it has ended, or has lost the
   * target. Null when none is wanted any more, or another one has begun in this very moment.
   */
  begin(target: TargetAddress): Promise<OpenObservation | null>;
  /**
   * Ends it as whole: from then on the target has these members, each once, and no others. Does nothing when it was
   * ended already.
   */
  finish(observation: OpenObservation, members: readonly ObservedMember[]): Promise<void>;
  /** Ends it as failed: the target keeps the members that were observed before. Does nothing when it was ended already. */
  fail(
    observation: OpenObservation,
    failure: { readonly reasonCode: ReasonCode; readonly reason: string },
  ): Promise<void>;
  /** In the order of the targets. */
  states(targets: readonly TargetAddress[]): Promise<InventoryState[]>;
  /** Forgets observations that ended so many days ago; what they saw stays until another is whole. */
  forget(days: number): Promise<void>;
}

/** Which members of the inventory to list. Absent members do not filter; an empty list matches nothing. */
export interface InventoryFilter {
  readonly targets: readonly TargetAddress[];
  readonly accountIds?: readonly string[] | null;
  readonly statuses?: readonly MemberStatus[] | null;
  /** Last invited before. */
  readonly invitedBefore?: Date | null;
  /** Invited, not active yet, and last invited more than so many days before now. */
  readonly openForDays?: number | null;
  /** Whether a request to create or invite it at its target is on record. */
  readonly requested?: boolean | null;
}

/** A member of the inventory. */
export interface InventoryRow extends TargetAddress {
  readonly accountId: string;
  readonly email: string | null;
  readonly status: MemberStatus;
  readonly serviceStatus: string;
  readonly invitedAt: Date | null;
  readonly updatedAt: Date | null;
  readonly observedAt: Date;
}

/** The members of one target with one status. */
export interface StatusCount {
  readonly status: MemberStatus;
  readonly members: number;
}

/** One service in one region of a coverage. */
export interface CoveredTarget {
  readonly service: SecurityService;
  readonly region: string;
  /** Null when it was never observed as a whole: nothing is known of it. */
  readonly observedAt: Date | null;
  /** Why the last attempt to observe it failed; null when it did not. */
  readonly reasonCode: ReasonCode | null;
  readonly reason: string | null;
  readonly members: number;
  readonly statuses: readonly StatusCount[];
}

/** Where an account stands in one service and region. */
export interface AccountStanding {
  readonly service: SecurityService;
  readonly region: string;
  /** NOT_A_MEMBER when the observation did not see it. */
  readonly status: MemberStatus;
}

/** An account that is ENABLED somewhere and not everywhere. */
export interface CoverageGap {
  readonly accountId: string;
  readonly enabledIn: readonly AccountStanding[];
  readonly missingIn: readonly AccountStanding[];
}

/** The members of an administrator by service and region. */
export interface Coverage {
  readonly targets: readonly CoveredTarget[];
  /** Accounts that are ENABLED in one of the observed targets and not in another. */
  readonly gapCount: number;
  /** The first of them, in the order of their ids. */
  readonly gaps: readonly CoverageGap[];
}

/** Reads of the inventory. Each function is one SQL statement. */
export interface InventoryReads {
  /** By account id, and within an account in a fixed order of targets. */
  members(filter: InventoryFilter, page: PageArgs): Promise<Page<InventoryRow>>;
  countMembers(filter: InventoryFilter): Promise<number>;
  /** In the order of the targets; `most` gaps at most, of accounts behind `after`. */
  coverage(
    targets: readonly TargetAddress[],
    asked: {
      readonly accountIds: readonly string[] | null;
      readonly after: string | null;
      readonly most: number;
    },
  ): Promise<Coverage>;
  /** All members of a target, when they were observed at most so long ago; else null. */
  listing(
    target: TargetAddress,
    maxAgeMs: number,
  ): Promise<{ readonly observedAt: Date; readonly members: readonly ServiceMember[] } | null>;
}
