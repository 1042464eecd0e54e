import type {
  ActorKind,
  CallStatus,
  Caller,
  MembershipOperation,
  OutcomeStatus,
  ReasonCode,
  RequestStatus,
  SecurityService,
} from '../membership.js';

/** Forward keyset paging: the `first` rows after the cursor. */
export interface PageArgs {
  /** 1 to 100. */
  readonly first: number;
  /** Opaque, from an earlier page of the same list; null for its beginning. */
  readonly after: string | null;
}

/** One page, newest first. */
export interface Page<Row> {
  readonly edges: readonly { readonly cursor: string; readonly node: Row }[];
  readonly hasNextPage: boolean;
}

/** Outcomes by status; they add up to `total`. */
export interface OutcomeCounts {
  readonly total: number;
  readonly pending: number;
  readonly inFlight: number;
  readonly processed: number;
  readonly unprocessed: number;
  readonly failed: number;
  readonly canceled: number;
}

export interface RequestRow {
  /** UUID. */
  readonly id: string;
  readonly operation: MembershipOperation;
  readonly status: RequestStatus;
  readonly administrator: string;
  readonly callerId: string;
  readonly callerKind: ActorKind;
  readonly note: string | null;
  readonly idempotencyKey: string | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** UUID of the request whose failures it sends again. */
  readonly retryOf: string | null;
}

export interface TargetRow {
  readonly requestId: string;
  readonly administrator: string;
  readonly service: SecurityService;
  readonly region: string;
  readonly detectorId: string | null;
  readonly counts: OutcomeCounts;
}

export interface OutcomeRow {
  /** Decimal digits of a 64-bit integer. */
  readonly targetId: string;
  readonly accountId: string;
  readonly requestId: string;
  readonly email: string | null;
  readonly operation: MembershipOperation;
  readonly administrator: string;
  readonly service: SecurityService;
  readonly region: string;
  readonly status: OutcomeStatus;
  readonly reasonCode: ReasonCode | null;
  readonly reason: string | null;
  readonly sends: number;
  readonly settledAt: Date | null;
  /** The last call that carried it. */
  readonly callId: string | null;
}

export interface CallRow {
  /** UUID. */
  readonly id: string;
  readonly operation: MembershipOperation;
  readonly administrator: string;
  readonly service: SecurityService;
  readonly region: string;
  readonly status: CallStatus;
  readonly accountCount: number;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly httpStatus: number | null;
  readonly awsRequestId: string | null;
  readonly attempts: number;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  /** Why the last read-back of an unanswered call told nothing. */
  readonly readBackError: string | null;
  readonly lateAnswer: LateAnswer | null;
}

/** What a worker that had lost the lane heard of a call. */
export interface LateAnswer {
  readonly status: CallStatus;
  readonly recordedAt: Date;
  readonly httpStatus: number | null;
  readonly awsRequestId: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly unprocessed: readonly { readonly accountId: string; readonly result: string }[];
}

/** Absent members do not filter. */
export interface OutcomeFilter {
  /** UUID. */
  readonly requestId?: string | null;
  readonly accountIds?: readonly string[] | null;
  readonly statuses?: readonly OutcomeStatus[] | null;
  readonly service?: SecurityService | null;
  readonly region?: string | null;
}

/** The outcomes of one request or of one call, narrowed. */
export type NestedOutcomeFilter = Pick<OutcomeFilter, 'statuses' | 'service' | 'region'>;

/**
 * Reads of the record. Each function is one SQL statement, and answers only from the administrators the caller may
 * see. The functions that take several ids answer in the order of the ids, so that a DataLoader can sit on them.
 */
export interface HistoryStore {
  requests(caller: Caller, page: PageArgs): Promise<Page<RequestRow>>;
  outcomes(caller: Caller, filter: OutcomeFilter, page: PageArgs): Promise<Page<OutcomeRow>>;
  calls(caller: Caller, page: PageArgs): Promise<Page<CallRow>>;

  requestsById(caller: Caller, ids: readonly string[]): Promise<(RequestRow | null)[]>;
  callsById(caller: Caller, ids: readonly string[]): Promise<(CallRow | null)[]>;
  outcomesByKey(
    caller: Caller,
    keys: readonly { readonly targetId: string; readonly accountId: string }[],
  ): Promise<(OutcomeRow | null)[]>;
  targetsOfRequests(requestIds: readonly string[]): Promise<TargetRow[][]>;
  /** The retries of each request, newest first, `most` of them at most. */
  retriesOfRequests(requestIds: readonly string[], most: number): Promise<RequestRow[][]>;
  outcomesOfRequests(
    requestIds: readonly string[],
    filter: NestedOutcomeFilter,
    page: PageArgs,
  ): Promise<Page<OutcomeRow>[]>;
  outcomesOfCalls(callIds: readonly string[], page: PageArgs): Promise<Page<OutcomeRow>[]>;
  callsOfRequests(requestIds: readonly string[], page: PageArgs): Promise<Page<CallRow>[]>;
}
