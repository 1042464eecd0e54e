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

/** A lane as the record knows it. */
export interface Lane extends TargetAddress {
  readonly id: number;
}

/** A worker's tenure of a lane. Statements made with a tenure that has been replaced touch nothing. */
export interface Tenure {
  readonly lane: Lane;
  /** A fresh UUID for each tenure. */
  readonly holder: string;
}

/** A lane whose holder's process gives no sign of life. */
export interface AbandonedLane {
  readonly laneId: number;
  /** The tenure that was left. */
  readonly holder: string;
}

/** A call that is written as SENT, with its outcomes IN_FLIGHT, and is to be sent now. */
export interface ClaimedCall {
  readonly callId: string;
  readonly operation: MembershipOperation;
  readonly batchKey: string;
  readonly detectorId: string | null;
  /** The caller named the detector: it is not to be looked up again. */
  readonly detectorPinned: boolean;
  readonly message: string | null;
  readonly disableEmailNotification: boolean | null;
  /** Distinct, 1 to 50. */
  readonly accounts: readonly MemberAccount[];
  readonly startedAt: Date;
  /** Outcomes that still waited in the lane when the statement began. */
  readonly pendingInLane: number;
  /** Seconds until the whole burst of the lane's rate is there again, with this call counted. */
  readonly secondsToFullBurst: number;
}

/** A service's request rate, per administrator and region (UPSTREAMS.md, "Rates"). */
export interface Rate {
  /** Requests per second that can be kept up. */
  readonly perSecond: number;
  /** Requests that may leave at once after a rest. */
  readonly burst: number;
}

/** What may be claimed right now. */
export interface ClaimLimits {
  /** Nothing may be claimed while this is used up. */
  readonly rate: Rate;
  /** The lane's detector; null leaves the work that would need it alone. Ignored for Security Hub. */
  readonly detectorId: string | null;
  /** Batch keys that have a call in flight: only a full call of these may leave. */
  readonly busyBatchKeys: readonly string[];
  /** True: only full calls may leave, of any key. */
  readonly fullOnly: boolean;
}

/** How one account, or all that a call carried, ended. */
export interface Verdict {
  readonly status: Extract<OutcomeStatus, 'PROCESSED' | 'UNPROCESSED' | 'FAILED'>;
  readonly reasonCode: ReasonCode | null;
  /** The service's own words. */
  readonly reason: string | null;
  /** Go again, until the sends are used up. */
  readonly retry: boolean;
  /**
   * The reason says that what the operation wanted is there already: PROCESSED after all, if an earlier call of the same
   * request may have done it: its answer was lost, or said nothing of accounts.
   */
  readonly processedIfInDoubt: boolean;
}

/** What becomes of a call and of everything it carried. */
export interface Settlement {
  readonly callId: string;
  readonly status: Exclude<CallStatus, 'SENT'>;
  /** Null when the call was closed before (UNANSWERED) and only its outcomes are settled now. */
  readonly metadata: ResponseMetadata | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  /** The service's list, verbatim. */
  readonly unprocessed: readonly UnprocessedAccount[];
  /** For every account not in `exceptions`. */
  readonly defaultVerdict: Verdict;
  /** By account id. */
  readonly exceptions: ReadonlyMap<string, Verdict>;
}

/** What is known of an answer that was lost. */
export type LostAnswer = Pick<Unanswered, 'metadata' | 'errorCode' | 'errorMessage'>;

/** How often a retryable result goes again: the n-th element is the delay in seconds after the n-th send. */
export type RetryDelays = readonly number[];

/** A call with outcomes still IN_FLIGHT that this tenure did not send, or whose answer was lost or says nothing of them. */
export interface UnsettledCall {
  readonly callId: string;
  readonly operation: MembershipOperation;
  readonly detectorId: string | null;
  readonly accountIds: readonly string[];
  readonly startedAt: Date;
  /** The service answered, without a word on single accounts. */
  readonly acknowledged: boolean;
}

/** The lane's outcomes that are PENDING, those with a delay among them. */
export interface PendingWork {
  readonly outcomes: number;
  /** Milliseconds until the next of them is worth a look (0 or less: now); null when there is none. */
  readonly dueInMs: number | null;
  /** Seconds until the whole burst of the lane's rate is there again. */
  readonly secondsToFullBurst: number;
}

/** The lane's side of the record. Each function but `release` is one statement. */
export interface LaneRecord {
  /** Makes the holder the lane's only one. */
  acquire(lane: Lane): Promise<Tenure>;
  /** Writes the next call, or null when nothing may leave. */
  claim(tenure: Tenure, limits: ClaimLimits): Promise<ClaimedCall | null>;
  /** Settles calls that were answered or read back. `LOST`: the tenure is over, and nothing was written. */
  settle(
    tenure: Tenure,
    settlements: readonly Settlement[],
    delays: RetryDelays,
  ): Promise<'SETTLED' | 'LOST'>;
  /**
   * Closes a call as ANSWERED though the answer says nothing of accounts; its outcomes stay IN_FLIGHT until they are read
   * back. `LOST`: the tenure is over, and nothing was written.
   */
  markAnswered(tenure: Tenure, callId: string, metadata: ResponseMetadata): Promise<'MARKED' | 'LOST'>;
  /** Closes a call as UNANSWERED; its outcomes stay IN_FLIGHT until they are read back. */
  markUnanswered(tenure: Tenure, callId: string, answer: LostAnswer): Promise<void>;
  /**
   * Calls with outcomes IN_FLIGHT that are not among the known ones: earlier holders left them, or a claim was committed
   * and its answer lost. Those that were SENT are UNANSWERED from now on; those that were ANSWERED, without a word on
   * single accounts, stay so.
   *
   * @param known ids of the calls that this tenure has in hand.
   */
  adoptOpenCalls(tenure: Tenure, known: readonly string[]): Promise<UnsettledCall[]>;
  /** Keeps an answer that came after the lane was lost beside its call. Any worker may. */
  recordLateAnswer(callId: string, answer: Answered | Acknowledged | Refused): Promise<void>;
  /** Says on the call why it could not be read back. */
  noteReadBackError(tenure: Tenure, callId: string, error: string): Promise<void>;
  /** Takes a request's share of the quota before a read leaves; false when the tenure is over, and nothing may. */
  spendQuota(tenure: Tenure, rate: Rate): Promise<boolean>;
  /** Fails whatever waits for a detector that cannot be had. */
  failPending(tenure: Tenure, verdict: Verdict): Promise<void>;
  /** What waits in the lane. */
  pendingWork(tenure: Tenure): Promise<PendingWork>;
  /** Gives the lane up if nothing waits in it; false when something does, or the tenure is over already. */
  release(tenure: Tenure): Promise<'RELEASED' | 'WORK_WAITS' | 'LOST'>;
}
