import type {
  AlreadyMember,
  Caller,
  MemberAccount,
  MembershipOperation,
  ReasonCode,
  RequestStatus,
  SecurityService,
  TargetAddress,
} from '../membership.js';
import type { Confirmation, NotConfirmed } from './confirmations.js';
import type { RemovalLimit } from './removals.js';

/** One target of a new request. */
export interface NewTarget extends TargetAddress {
  /** Outcomes of targets with the same key may share a call. */
  readonly batchKey: string;
  /** The detector that the caller named; null: the lane finds it. GuardDuty only. */
  readonly detectorId: string | null;
}

/** The part of a new row that requests and retries have in common. */
interface NewRow {
  /** UUIDv7. */
  readonly id: string;
  readonly caller: Caller;
  readonly operation: MembershipOperation;
  readonly note: string | null;
  readonly idempotencyKey: string | null;
  /** SHA-256, hex, of the input. */
  readonly inputHash: string;
}

/** A request that has passed every check. */
export interface NewRequest extends NewRow {
  readonly administrator: string;
  /** GuardDuty InviteMembers only. */
  readonly message: string | null;
  /** GuardDuty InviteMembers only. */
  readonly disableEmailNotification: boolean | null;
  /** Days in which the members are followed; absent or null: they are not followed. InviteMembers only. */
  readonly followUpDays?: number | null;
  /** How an account counts that the service calls a member already; absent or null: UNPROCESSED. CreateMembers only. */
  readonly alreadyMember?: AlreadyMember | null;
  /** Distinct and in the order of their ids, 1 to MAX_ACCOUNTS_PER_REQUEST. */
  readonly accounts: readonly MemberAccount[];
  /** At least one. */
  readonly targets: readonly NewTarget[];
}

/** A retry that has passed every check: a request for outcomes of an earlier one. */
export interface NewRetry extends NewRow {
  /** Number of outcomes that are sent again, as last counted. */
  readonly outcomes: number;
  /** UUID of the earlier request, which has finished. */
  readonly retryOf: string;
  /** Only outcomes with one of these reasons; null: every outcome that ended UNPROCESSED or FAILED. */
  readonly reasonCodes: readonly ReasonCode[] | null;
}

/** The recorded request: the new one, or an earlier one with the same idempotency key. */
export interface RecordedRequest {
  readonly requestId: string;
  /** SHA-256, hex, of its input; differs from the hash of the new input if the key was used with another input. */
  readonly inputHash: string;
}

/** Writes requests. */
export interface RequestStore {
  /** The earlier request of the caller with the same operation and idempotency key; null without one, or without a key. */
  findByKey(request: NewRequest | NewRetry): Promise<RecordedRequest | null>;
  /**
   * Inserts request, targets and accounts and puts a job on each lane that has no worker, in one transaction. When it resolves,
   * all of them are committed. When it rejects, nothing was inserted. Rejects for a retry without an outcome to send again, and
   * for a retry of a request that has not finished.
   */
  insert(request: NewRequest | NewRetry): Promise<RecordedRequest>;
  /**
   * As `insert`, and marks the confirmation as used in the same transaction, unless the idempotency key finds an earlier
   * request. If the confirmation is not valid, or the limits are exceeded under which it holds, nothing is inserted. A retry
   * has limits in place of a confirmation.
   */
  insertRemoval(
    request: NewRequest | NewRetry,
    allowedBy: Confirmation | readonly RemovalLimit[],
  ): Promise<RecordedRequest | NotConfirmed>;
}

/** A request to retry. */
export interface RetrySource {
  readonly operation: MembershipOperation;
  readonly administrator: string;
  readonly status: RequestStatus;
  /** Whether retention has erased outcomes of the request. */
  readonly outcomesErased: boolean;
  /** Whether retention has erased its e-mail addresses. */
  readonly emailsErased: boolean;
  /** Its outcomes that ended UNPROCESSED or FAILED so far, counted by target and reason. */
  readonly ended: readonly {
    readonly service: SecurityService;
    readonly region: string;
    readonly reasonCode: ReasonCode | null;
    readonly outcomes: number;
  }[];
}

/** Reads requests to retry. */
export interface RetrySources {
  /** Null if no such request exists or the caller may not see it. */
  find(caller: Caller, requestId: string): Promise<RetrySource | null>;
}

/** Cancels requests. */
export interface CancelStore {
  /**
   * Ends every outcome of the request that waits to be sent as CANCELED. Outcomes in flight settle with their answers,
   * and are not sent again. `IN_FLIGHT`: none waited, and the request was not canceled before. `FINISHED`: nothing has changed.
   */
  cancel(requestId: string): Promise<'CANCELED' | 'IN_FLIGHT' | 'FINISHED'>;
}

/** A watch on one request. */
export interface RequestWatch {
  /** Resolves when the request has finished, on any replica. */
  readonly finished: Promise<void>;
  /** Stops watching; `finished` then never resolves. */
  close(): void;
}

/** Reports when requests finish. A watch costs memory and no query. */
export interface RequestEvents {
  /** Watches a request from now on. A watch begun before the request is inserted cannot miss its end. */
  watch(requestId: string): RequestWatch;
  /** Reads once whether a request inserted earlier has finished, and resolves its watches if so. */
  check(requestId: string): Promise<void>;
}
