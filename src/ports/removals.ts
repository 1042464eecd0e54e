import type { RemovingOperation, TargetAddress } from '../membership.js';

/** A removal that is planned at a target. */
export interface PlannedAccounts {
  readonly operation: RemovingOperation;
  /** All accounts that it names. */
  readonly named: readonly string[];
  /** Those of them that count for the share of the target. */
  readonly counted: readonly string[];
  /** The time at which the members of the target were listed; null: now. */
  readonly listedAt: Date | null;
}

/** Accounts of other removals at the target, each once: removed within a day, or recorded and not final yet. */
export interface RemovedAccounts {
  /** Those that do not count for the planned removal already. */
  readonly others: number;
  /** Those of `others` that the planned removal names nevertheless. */
  readonly named: number;
  /** Those of `others` that were members once and that the listing does not have any more. */
  readonly gone: number;
}

/** Reads removals on record, of all callers. */
export interface RecordedRemovals {
  withinDay(target: TargetAddress, planned: PlannedAccounts): Promise<RemovedAccounts>;
}

/** The most accounts that removals of one day may name at a target. */
export interface RemovalLimit {
  readonly target: TargetAddress;
  readonly accounts: number;
}
