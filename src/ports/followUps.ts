import type { MemberStatus } from '../membership.js';

/** A member of a request that is due to be read. */
export interface FollowedMember {
  /** Decimal digits of a 64-bit integer. */
  readonly targetId: string;
  readonly accountId: string;
}

/** What a read has shown of an account. */
export interface SeenMember {
  readonly accountId: string;
  readonly status: MemberStatus;
  /** The status is final: the account is not read again. */
  readonly isEnd: boolean;
  /** The service answered then or a moment later; the database's clock. */
  readonly observedAt: Date;
}

/**
 * The schedule of reads of followed members, shared by all replicas. Each function is one statement. If a process takes
 * members and ends before it notes them, they are due again 3 minutes later.
 */
export interface FollowUpStore {
  /** Puts the members of some finished targets on the schedule; returns the number of targets, 0 when none is left. */
  enroll(): Promise<number>;
  /** Ids of the lanes with members that are due. */
  lanesDue(): Promise<number[]>;
  /** Takes the members of a lane that are due, at most this many distinct accounts. No other replica gets them too. */
  take(laneId: number, accounts: number): Promise<FollowedMember[]>;
  /** Records what a read has shown, and when the next one is due, if any. */
  note(laneId: number, taken: readonly FollowedMember[], seen: readonly SeenMember[]): Promise<void>;
  /** Postpones the members taken, and all others that are due in the lane, which cannot be read. */
  postpone(laneId: number, taken: readonly FollowedMember[]): Promise<void>;
}
