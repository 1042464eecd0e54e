import type { Caller, MemberAccount, OfferedOperation, TargetAddress } from '../membership.js';

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
  readonly operation: OfferedOperation;
  readonly administrator: string;
  readonly note: string | null;
  readonly idempotencyKey: string | null;
  /** SHA-256, hex, of everything asked for. */
  readonly inputHash: string;
  /** GuardDuty InviteMembers only. */
  readonly message: string | null;
  readonly disableEmailNotification: boolean | null;
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
