import type {
  CallStatus,
  MemberAccount,
  MembershipOperation,
  OutcomeStatus,
  ReasonCode,
  TargetAddress,
} from '../membership.js';
import type {
  Acknowledged,
  Answered,
  Refused,
  Unanswered,
  UnprocessedAccount,
  ResponseMetadata,
} from './upstream.js';

/** A lane with its id in the record. */
export interface Lane extends TargetAddress {
  readonly id: number;
}

/** A worker's time as the holder of a lane. Statements of a tenure that another one has replaced change nothing. */
export interface Tenure {
  readonly lane: Lane;
  /** A new UUID for each tenure. */
  readonly holder: string;
}

/** A lane whose holder's process has stopped its heartbeat. */
export interface AbandonedLane {
  readonly laneId: number;
  /** The holder of the abandoned tenure. */
  readonly holder: string;
}

/** A call to send now. The record has the call as SENT, and its outcomes as IN_FLIGHT. */
export interface ClaimedCall {
  readonly callId: string;
  readonly operation: MembershipOperation;
  readonly batchKey: string;
  readonly detectorId: string | null;
  /** True when the caller named the detector: no other is looked up. */
  readonly detectorPinned: boolean;
  readonly message: string | null;
  readonly disableEmailNotification: boolean | null;
  /** Distinct, 1 to 50. */
  readonly accounts: readonly MemberAccount[];
  readonly startedAt: Date;
  /** Outcomes of the lane that stay PENDING. */
  readonly pendingInLane: number;
  /** Seconds until the whole burst of the lane's rate is available again, with all calls of the claim counted. */
  readonly secondsToFullBurst: number;
}

/** A service's request rate, per administrator and region (UPSTREAMS.md, "Rates"). */
export interface Rate {
  /** Requests per second in the long run. */
  readonly perSecond: number;
  /** Requests that may leave at once after a quiet time. */
  readonly burst: number;
}

/** The limits of one claim. */
export interface ClaimLimits {
  /** Most calls, 1 or more: several are full ones of one batch key. */
  readonly mostCalls: number;
  /** The lane's rate: nothing is claimed while its quota is used up. */
  readonly rate: Rate;
  /** The lane's detector; null excludes accounts that need it. Ignored for Security Hub. */
  readonly detectorId: string | null;
  /** Batch keys with a call in flight: of these, only full calls may leave. */
  readonly busyBatchKeys: readonly string[];
  /** True: of every key, only full calls may leave. */
  readonly fullOnly: boolean;
}

/** The end of one account in a call, or of all accounts. */
export interface Verdict {
  readonly status: Extract<OutcomeStatus, 'PROCESSED' | 'UNPROCESSED' | 'FAILED'>;
  readonly reasonCode: ReasonCode | null;
  /** The service's own words. */
  readonly reason: string | null;
  /** True when the account goes back to PENDING, until its sends are used up. */
  readonly retry: boolean;
  /**
   * True when the service says that the change was made before the call. If an earlier call of the same request may have made
   * the change (its answer was lost, or had no results of single accounts), the account is PROCESSED.
   */
  readonly processedIfInDoubt: boolean;
}

/** The end of a call and of every account it carried. */
export interface Settlement {
  readonly callId: string;
  readonly status: Exclude<CallStatus, 'SENT'>;
  /** Null when the call's answer is recorded already and only its outcomes are settled now. */
  readonly metadata: ResponseMetadata | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  /** The service's list, verbatim. */
  readonly unprocessed: readonly UnprocessedAccount[];
  /** For every account not in `exceptions`. Null: those accounts stay IN_FLIGHT, and the call stays open. */
  readonly defaultVerdict: Verdict | null;
  /** By account id. */
  readonly exceptions: ReadonlyMap<string, Verdict>;
}

/** The known fields of a lost answer. */
export type LostAnswer = Pick<Unanswered, 'metadata' | 'errorCode' | 'errorMessage'>;

/** The retries of one account: element n is the delay in seconds after send n. */
export type RetryDelays = readonly number[];

/** A call whose outcomes are IN_FLIGHT and need a read-back: another tenure sent it, or its answer has no results of accounts. */
export interface UnsettledCall {
  readonly callId: string;
  readonly operation: MembershipOperation;
  readonly detectorId: string | null;
  readonly accountIds: readonly string[];
  /** By PostgreSQL's clock. */
  readonly startedAt: Date;
  /** Milliseconds since `startedAt` when this was written, by PostgreSQL's clock or by one that never goes back. */
  readonly ageMs: number;
  /** True when the service answered without results of single accounts. */
  readonly acknowledged: boolean;
}

/** The lane's outcomes that are PENDING, including those with a delay. */
export interface PendingWork {
  readonly outcomes: number;
  /** Milliseconds until the first of them is due (0 or less: now); null when there are none. */
  readonly dueInMs: number | null;
  /** Seconds until the whole burst of the lane's rate is available again. */
  readonly secondsToFullBurst: number;
}

/**
 * The statements of a lane's worker. Each function is one statement, except `release`, which is a transaction of two. Lanes of one
 * process that claim at the same time share a statement, and so do those that settle.
 */
export interface LaneRecord {
  /** Begins a tenure, and ends the one before. */
  acquire(lane: Lane): Promise<Tenure>;
  /** Records the next calls and returns them; none when nothing may leave. */
  claim(tenure: Tenure, limits: ClaimLimits): Promise<readonly ClaimedCall[]>;
  /**
   * Settles calls that were answered or read back, all or none. `LOST`: the tenure has ended, and nothing was written.
   * `REJECTED`: the record does not take what some of them say, and nothing was written.
   */
  settle(
    tenure: Tenure,
    settlements: readonly Settlement[],
    delays: RetryDelays,
  ): Promise<'SETTLED' | 'LOST' | 'REJECTED'>;
  /**
   * Marks a call as ANSWERED whose answer has no results of single accounts. Its outcomes stay IN_FLIGHT until a read-back.
   * `LOST`: the tenure has ended, and nothing was written.
   */
  markAnswered(tenure: Tenure, callId: string, metadata: ResponseMetadata): Promise<'MARKED' | 'LOST'>;
  /** Marks a call as UNANSWERED. Its outcomes stay IN_FLIGHT until a read-back. */
  markUnanswered(tenure: Tenure, callId: string, answer: LostAnswer): Promise<void>;
  /**
   * Takes over the calls that are neither settled nor known to this tenure, and returns them. An earlier holder sent them, or
   * a claim was committed and its answer lost. SENT calls become UNANSWERED. ANSWERED calls, whose answers have no results
   * of single accounts, stay ANSWERED.
   *
   * @param known ids of the calls that this tenure knows.
   */
  adoptOpenCalls(tenure: Tenure, known: readonly string[]): Promise<UnsettledCall[]>;
  /** Records an answer that arrived after its worker had lost the lane. Needs no tenure. */
  recordLateAnswer(callId: string, answer: Answered | Acknowledged | Refused): Promise<void>;
  /** Writes to the call why it is still in doubt. `SETTLED`: it is not, somebody has settled it by hand. */
  noteReadBackError(tenure: Tenure, callId: string, error: string): Promise<'OPEN' | 'SETTLED'>;
  /** Spends one request of the quota for a read; false when the tenure has ended, and the read must not leave. */
  spendQuota(tenure: Tenure, rate: Rate): Promise<boolean>;
  /** Settles, with this verdict, every outcome that is PENDING because the lane has no detector. */
  failPending(tenure: Tenure, verdict: Verdict): Promise<void>;
  /** The lane's outcomes that are PENDING. */
  pendingWork(tenure: Tenure): Promise<PendingWork>;
  /** Ends the tenure if no work waits. `WORK_WAITS`: the tenure continues. `LOST`: the tenure had ended before. */
  release(tenure: Tenure): Promise<'RELEASED' | 'WORK_WAITS' | 'LOST'>;
}
