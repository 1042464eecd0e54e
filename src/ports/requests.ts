import type {
  Caller,
  MemberAccount,
  MembershipOperation,
  ReasonCode,
  RequestStatus,
  SecurityService,
  TargetAddress,
} from '../membership.js';
import type { Confirmation, NotConfirmed } from './confirmations.js';

/** One target of a new request. */
export interface NewTarget extends TargetAddress {
  /** Outcomes of targets with the same key may share a call. */
  readonly batchKey: string;
  /** The detector the caller named; null: the lane finds it. GuardDuty only. */
  readonly detectorId: string | null;
}

/** A request that has passed every check. */
export interface NewRequest {
  /** UUIDv7. */
  readonly id: string;
  readonly caller: Caller;
  readonly operation: MembershipOperation;
  readonly administrator: string;
  readonly note: string | null;
  readonly idempotencyKey: string | null;
  /** SHA-256, hex, of everything asked for. */
  readonly inputHash: string;
  /** GuardDuty InviteMembers only. */
  readonly message: string | null;
  readonly disableEmailNotification: boolean | null;
  /** Days that the members are looked at after it was made; absent and null: not at all. InviteMembers only. */
  readonly followUpDays?: number | null;
  /** Distinct and in the order of their ids, 1 to MAX_ACCOUNTS_PER_REQUEST. */
  readonly accounts: readonly MemberAccount[];
  /** At least one. */
  readonly targets: readonly NewTarget[];
}

/** The request that now stands for the call: the new one, or the one made earlier with the same idempotency key. */
export interface AcceptedRequest {
  readonly requestId: string;
  /** Hash of the input that made it; differs from the caller's when the key was used for something else. */
  readonly inputHash: string;
}

/** Takes requests into the record. */
export interface RequestStore {
  /**
   * Writes request, targets, accounts and outcomes and puts a job on each lane, in one transaction: when it resolves,
   * nothing can be lost; when it rejects, nothing was taken.
   */
  accept(request: NewRequest): Promise<AcceptedRequest>;
  /**
   * As `accept`, and uses the confirmation up in the same transaction, unless the idempotency key finds an earlier request.
   * When the confirmation is no good, nothing is taken.
   */
  acceptConfirmed(request: NewRequest, confirmation: Confirmation): Promise<AcceptedRequest | NotConfirmed>;
}

/** A request that somebody wants to retry. */
export interface RetrySource {
  readonly operation: MembershipOperation;
  readonly administrator: string;
  readonly status: RequestStatus;
  /** Its outcomes, or some of them, were erased for their age. */
  readonly outcomesErased: boolean;
  /** Its e-mail addresses were. */
  readonly emailsErased: boolean;
  /** Its outcomes that ended UNPROCESSED or FAILED so far, counted by target and reason. */
  readonly ended: readonly {
    readonly service: SecurityService;
    readonly region: string;
    readonly reasonCode: ReasonCode | null;
    readonly outcomes: number;
  }[];
}

/** A request made of another one's failures, after every check. */
export interface NewRetry extends Pick<
  NewRequest,
  'id' | 'caller' | 'operation' | 'note' | 'idempotencyKey' | 'inputHash'
> {
  /** UUID of the old request; it is finished. */
  readonly retryOf: string;
  /** Only outcomes that ended with one of these are taken; null takes all that ended UNPROCESSED or FAILED. */
  readonly reasonCodes: readonly ReasonCode[] | null;
}

/** Takes retries into the record. */
export interface RetryStore {
  /** What there is to retry; null when no such request exists or the caller may not see it. */
  source(caller: Caller, requestId: string): Promise<RetrySource | null>;
  /** As `RequestStore.accept`. Rejects when nothing in the old request is to be taken, or it has not finished. */
  accept(retry: NewRetry): Promise<AcceptedRequest>;
}

/** Withdraws requests. */
export interface CancelStore {
  /**
   * Ends as CANCELED whatever of the request waits to be sent. What is in flight settles as it is answered, and is not
   * sent again. False, and nothing changed, when the request has finished already.
   */
  cancel(requestId: string): Promise<boolean>;
}

/** Waits for one request, however many others wait for theirs. */
export interface RequestWatch {
  /** Resolves when the request has finished, on whichever replica. */
  readonly finished: Promise<void>;
  /** Stops watching; `finished` then never resolves. */
  close(): void;
}

/** Tells when requests finish. Costs memory per watch, and no query. */
export interface RequestEvents {
  /** To be called before the request is accepted: what happens afterwards cannot be missed. */
  watch(requestId: string): RequestWatch;
  /** Looks once whether a request that was accepted earlier has finished already, for its watches. */
  check(requestId: string): Promise<void>;
}
