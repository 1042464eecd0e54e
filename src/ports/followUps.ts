import type { MemberStatus } from '../membership.js';

/** A member of a request that is due to be looked at. */
export interface FollowedMember {
  /** Decimal digits of a 64-bit integer. */
  readonly targetId: string;
  readonly accountId: string;
}

/** What a look has shown of an account. */
export interface SeenMember {
  readonly accountId: string;
  readonly status: MemberStatus;
  /** Nothing more is to come: it is not looked at again. */
  readonly isEnd: boolean;
  /** The service was asked then, or a moment later; the database's clock. */
  readonly observedAt: Date;
}

/**
 * The schedule of looks at members, shared by all replicas. Each function is one statement. What a process has taken and
 * not given back comes up again a few minutes later, whatever became of the process.
 */
export interface FollowUpStore {
  /** Puts what is to be followed of some finished targets on the schedule; how many targets. Ends when it answers 0. */
  enroll(): Promise<number>;
  /** Ids of the lanes where a look is due. */
  lanesDue(): Promise<number[]>;
  /** Takes what is due in a lane, of so many distinct accounts at most. No other replica gets it too. */
  take(laneId: number, accounts: number): Promise<FollowedMember[]>;
  /** Writes down what a look has shown, and when the next one is due, if any. */
  note(laneId: number, taken: readonly FollowedMember[], seen: readonly SeenMember[]): Promise<void>;
  /** The lane cannot be read: everything that is due there, and was taken, is looked at later. */
  postpone(laneId: number, taken: readonly FollowedMember[]): Promise<void>;
}
