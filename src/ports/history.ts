import type {
  ActorKind,
  CallStatus,
  Caller,
  MembershipOperation,
  MemberStatus,
  OutcomeStatus,
  ReasonCode,
  RequestStatus,
  SecurityService,
  StatisticsDimension,
} from '../membership.js';
import type { PageEnds, TextColumn, TextPage } from './pages.js';

/** Keyset paging forward: the `first` rows after the cursor. */
export interface ForwardPage {
  /** 1 to 100. */
  readonly first: number;
  /** Opaque, from another page of the same list; null for its beginning. */
  readonly after: string | null;
}

/** Keyset paging backward: the `last` rows before the cursor. */
export interface BackwardPage {
  /** 1 to 100. */
  readonly last: number;
  /** Opaque, from another page of the same list; null for its end. */
  readonly before: string | null;
}

/** Which page of a list. Whichever way it is read, its rows come newest first. */
export type PageArgs = ForwardPage | BackwardPage;

/** One page, newest first. */
export interface Page<Row> extends PageEnds {
  readonly edges: readonly { readonly cursor: string; readonly node: Row }[];
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
  /** Its outcomes were erased for their age; the counts are what they were. */
  readonly isErased: boolean;
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

/** An outcome with the fields of the schema's Outcome, by their names and in their form. */
export interface ShownOutcome extends Omit<OutcomeRow, 'targetId' | 'requestId' | 'callId' | 'settledAt'> {
  readonly id: string;
  readonly retryable: boolean;
  /** ISO 8601 in UTC, with milliseconds. */
  readonly settledAt: string | null;
}

/** A field of an outcome in a page as text. */
export type OutcomeColumn = '__typename' | keyof ShownOutcome;

/** Where the member of an outcome stood when it was last looked at. */
export interface MemberStatusRow {
  readonly memberStatus: MemberStatus;
  /** The database's clock. */
  readonly memberStatusAt: Date;
}

/** One time that an outcome's account was sent. */
export interface SendRow {
  /** UUID. */
  readonly callId: string;
  /** What the service's answer said of the account, verbatim; null when it said nothing. */
  readonly reason: string | null;
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

/** Where something was, or is to be, sent. Absent members do not filter. */
export interface LaneFilter {
  readonly administrator?: string | null;
  readonly service?: SecurityService | null;
  readonly region?: string | null;
}

/** Absent members do not filter. */
export interface RequestFilter extends LaneFilter {
  readonly operations?: readonly MembershipOperation[] | null;
  readonly statuses?: readonly RequestStatus[] | null;
  /** Id of the caller. */
  readonly requestedBy?: string | null;
  /** Requests that named this account. */
  readonly accountId?: string | null;
  /** Part of the note, in whichever case. */
  readonly note?: string | null;
  /** From here on. */
  readonly createdAfter?: Date | null;
  /** Up to here, and not at it. */
  readonly createdBefore?: Date | null;
}

/** Absent members do not filter. */
export interface OutcomeFilter extends LaneFilter {
  /** UUID. */
  readonly requestId?: string | null;
  readonly accountIds?: readonly string[] | null;
  readonly operations?: readonly MembershipOperation[] | null;
  readonly statuses?: readonly OutcomeStatus[] | null;
  readonly reasonCodes?: readonly ReasonCode[] | null;
  /** From here on; what has not settled does not meet it. */
  readonly settledAfter?: Date | null;
  /** Up to here, and not at it; what has not settled does not meet it. */
  readonly settledBefore?: Date | null;
}

/** Absent members do not filter. */
export interface CallFilter extends LaneFilter {
  readonly operations?: readonly MembershipOperation[] | null;
  readonly statuses?: readonly CallStatus[] | null;
  /** From here on. */
  readonly startedAfter?: Date | null;
  /** Up to here, and not at it. */
  readonly startedBefore?: Date | null;
}

/** What the outcomes of a group have in common; null where it is not grouped by, or has none. */
export interface StatisticsGroup {
  readonly operation: MembershipOperation | null;
  readonly service: SecurityService | null;
  readonly region: string | null;
  readonly administrator: string | null;
  readonly status: OutcomeStatus | null;
  readonly reasonCode: ReasonCode | null;
  readonly requestedBy: string | null;
  /** Beginning of the hour, day or month in UTC in which they settled; null for those that have not. */
  readonly from: Date | null;
}

export interface StatisticsRow extends StatisticsGroup {
  readonly outcomes: number;
}

export interface AccountsRow extends StatisticsGroup {
  /** Distinct accounts. */
  readonly accounts: number;
}

/** The outcomes of one request or of one call, narrowed. */
export type NestedOutcomeFilter = Pick<OutcomeFilter, 'statuses' | 'service' | 'region'>;

/**
 * Reads of the record. Each function is one SQL statement, and answers only from the administrators the caller may
 * see. The functions that take several ids answer in the order of the ids, so that a DataLoader can sit on them.
 */
export interface HistoryStore {
  requests(caller: Caller, filter: RequestFilter, page: PageArgs): Promise<Page<RequestRow>>;
  outcomes(caller: Caller, filter: OutcomeFilter, page: PageArgs): Promise<Page<OutcomeRow>>;
  outcomesAsText(
    caller: Caller,
    filter: OutcomeFilter,
    page: PageArgs,
    columns: readonly TextColumn<OutcomeColumn>[],
  ): Promise<TextPage>;
  calls(caller: Caller, filter: CallFilter, page: PageArgs): Promise<Page<CallRow>>;

  /** How many rows the whole list has; null when there are more than `most`, or too much was to be looked through. */
  countRequests(caller: Caller, filter: RequestFilter, most: number): Promise<number | null>;
  countOutcomes(caller: Caller, filter: OutcomeFilter, most: number): Promise<number | null>;
  countCalls(caller: Caller, filter: CallFilter, most: number): Promise<number | null>;

  /** The groups in order, newest first and then by name, `most` at most. */
  statistics(
    caller: Caller,
    groupBy: readonly StatisticsDimension[],
    filter: OutcomeFilter,
    most: number,
  ): Promise<StatisticsRow[]>;
  /** The same groups in the same order. Reads every outcome that meets the filter. */
  statisticsAccounts(
    caller: Caller,
    groupBy: readonly StatisticsDimension[],
    filter: OutcomeFilter,
    most: number,
  ): Promise<AccountsRow[]>;

  requestsById(caller: Caller, ids: readonly string[]): Promise<(RequestRow | null)[]>;
  callsById(caller: Caller, ids: readonly string[]): Promise<(CallRow | null)[]>;
  outcomesByKey(
    caller: Caller,
    keys: readonly { readonly targetId: string; readonly accountId: string }[],
  ): Promise<(OutcomeRow | null)[]>;
  /** Every call that carried each outcome, in order. */
  sendsOfOutcomes(
    keys: readonly { readonly targetId: string; readonly accountId: string }[],
  ): Promise<SendRow[][]>;
  /** Where each outcome's member stood at the last look; null when nobody has looked. */
  memberStatusOfOutcomes(
    keys: readonly { readonly targetId: string; readonly accountId: string }[],
  ): Promise<(MemberStatusRow | null)[]>;
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
