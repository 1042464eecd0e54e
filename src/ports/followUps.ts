import type { MemberStatus } from '../membership.js';

/** An invited account of a request, which is read until it accepts. */
export interface FollowedMember {
  /** Decimal digits of a 64-bit integer. */
  readonly targetId: string;
  readonly accountId: string;
}

/** The status of an account in a read. */
export interface SeenMember {
  readonly accountId: string;
  readonly status: MemberStatus;
  /** Whether the status is final: the account is then not read again. */
  readonly isEnd: boolean;
  /** Just before the service answered; the database's clock. */
  readonly observedAt: Date;
}

/**
 * The schedule of reads of followed members, shared by all replicas. Each function is one statement. If a process claims
 * members and ends before it records their reads, they are due again 3 minutes later.
 */
export interface FollowUpStore {
  /** Puts the members of up to 4 finished targets on the schedule; resolves with the number of targets, 0 when none is left. */
  scheduleFinishedTargets(): Promise<number>;
  /** Ids of the lanes with members that are due. */
  lanesDue(): Promise<number[]>;
  /** Claims the members of a lane that are due, at most this many distinct accounts. No other replica gets them too. */
  claimDue(laneId: number, accounts: number): Promise<FollowedMember[]>;
  /** Records the reads of claimed members, and schedules the next read of each member without a final status. */
  recordSeen(laneId: number, claimed: readonly FollowedMember[], seen: readonly SeenMember[]): Promise<void>;
  /**
   * Postpones claimed members that could not be read. `LANE`: nothing of the lane can be read, so all others that are due in
   * it are postponed too.
   */
  postpone(laneId: number, claimed: readonly FollowedMember[], scope: 'CLAIMED' | 'LANE'): Promise<void>;
}
