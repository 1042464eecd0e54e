import type { MemberStatus, ReasonCode, SecurityService, TargetAddress } from '../membership.js';
import type { Page, PageArgs } from './history.js';
import type { ServiceMember } from './upstream.js';

/** An observation of all members of a target that has not ended: at most one for each target. */
export interface OpenObservation {
  /** UUID. */
  readonly id: string;
  readonly target: TargetAddress;
  /** The database's clock. */
  readonly startedAt: Date;
  /** Number of members in the last complete observation; null when there is none. */
  readonly lastMembers: number | null;
}

/** A member with the status that lists are filtered by. */
export interface ObservedMember extends ServiceMember {
  readonly status: MemberStatus;
}

/** The state of the inventory of a target. */
export interface InventoryState extends TargetAddress {
  /** Start of the last observation that ended; null when none has. */
  readonly triedAt: Date | null;
  /** Why that observation failed; null when it did not. */
  readonly reasonCode: ReasonCode | null;
  readonly reason: string | null;
  /** Start of the last complete observation; null when there is none. */
  readonly observedAt: Date | null;
  /** Number of members in that observation. */
  readonly members: number | null;
  /** Start of the observation that has not ended; null when there is none. */
  readonly runningSince: Date | null;
}

/** Schedules observations of whole targets and stores their results. Each function is one SQL statement. */
export interface InventoryObservations {
  /** Schedules an observation of each target that begins from now on; resolves with the time of the database's clock. */
  schedule(targets: readonly TargetAddress[]): Promise<Date>;
  /** As `schedule`, for the targets whose last observation began, or was scheduled, more than this many minutes ago. */
  scheduleOlderThan(targets: readonly TargetAddress[], minutes: number): Promise<void>;
  /** The targets with a scheduled observation that has not ended. */
  due(targets: readonly TargetAddress[]): Promise<TargetAddress[]>;
  /**
   * Begins an observation. An open observation of the same target is ended: its process has ended or lost the target. Null
   * when no observation is scheduled any more, or another process has just begun one.
   */
  begin(target: TargetAddress): Promise<OpenObservation | null>;
  /**
   * Ends an observation as complete: the target then has exactly these members. Does nothing when the observation has
   * already ended.
   */
  finish(observation: OpenObservation, members: readonly ObservedMember[]): Promise<void>;
  /** Ends an observation as failed: the target keeps its members. Does nothing when the observation has already ended. */
  fail(
    observation: OpenObservation,
    failure: { readonly reasonCode: ReasonCode; readonly reason: string },
  ): Promise<void>;
  /** In the order of the targets. */
  states(targets: readonly TargetAddress[]): Promise<InventoryState[]>;
  /** Erases observations that ended more than this many days ago; the members stay until the next complete observation. */
  erase(days: number): Promise<void>;
}

/** A filter of the members of the inventory. Absent conditions do not filter; an empty list matches nothing. */
export interface InventoryFilter {
  readonly targets: readonly TargetAddress[];
  readonly accountIds?: readonly string[] | null;
  readonly statuses?: readonly MemberStatus[] | null;
  /** Last invited before. */
  readonly invitedBefore?: Date | null;
  /** Invited, not active yet, and last invited more than this many days ago. */
  readonly openForDays?: number | null;
  /** Whether the record has a request to create or invite the account at its target. */
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
  /** Null when no observation was complete: nothing is known of the target. */
  readonly observedAt: Date | null;
  /** Why the last observation failed; null when it did not. */
  readonly reasonCode: ReasonCode | null;
  readonly reason: string | null;
  readonly members: number;
  readonly statuses: readonly StatusCount[];
}

/** The status of an account in one service and region. */
export interface AccountStanding {
  readonly service: SecurityService;
  readonly region: string;
  /** NOT_A_MEMBER when the observation does not have the account. */
  readonly status: MemberStatus;
}

/** An account that is ENABLED in some observed targets, not in all. */
export interface CoverageGap {
  readonly accountId: string;
  readonly enabledIn: readonly AccountStanding[];
  readonly missingIn: readonly AccountStanding[];
}

/** The members of an administrator by service and region. */
export interface Coverage {
  readonly targets: readonly CoveredTarget[];
  /** Number of all gaps. */
  readonly gapCount: number;
  /** The first gaps, in the order of their account ids. */
  readonly gaps: readonly CoverageGap[];
}

/** Reads of the inventory. Each function is one SQL statement. */
export interface InventoryReads {
  /** By account id, and within an account in a fixed order of targets. */
  members(filter: InventoryFilter, page: PageArgs): Promise<Page<InventoryRow>>;
  countMembers(filter: InventoryFilter): Promise<number>;
  /** In the order of the targets; the first `limit` gaps, of accounts after `after`. */
  coverage(
    targets: readonly TargetAddress[],
    query: {
      readonly accountIds: readonly string[] | null;
      readonly after: string | null;
      readonly limit: number;
    },
  ): Promise<Coverage>;
  /** All members of a target; null when they were not observed within `maxAgeMs` milliseconds. */
  listing(
    target: TargetAddress,
    maxAgeMs: number,
  ): Promise<{ readonly observedAt: Date; readonly members: readonly ServiceMember[] } | null>;
}
