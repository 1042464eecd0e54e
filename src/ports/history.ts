import type {
  ActorKind,
  AlreadyMember,
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
import type { OutcomeKey, PageEnds, TextColumn, TextPage } from './pages.js';

/** A keyset page read forward: the `first` rows after the cursor. */
export interface ForwardPage {
  /** 1 to 100. */
  readonly first: number;
  /** Opaque, from another page of the same list; null: the beginning of the list. */
  readonly after: string | null;
}

/** A keyset page read backward: the `last` rows before the cursor. */
export interface BackwardPage {
  /** 1 to 100. */
  readonly last: number;
  /** Opaque, from another page of the same list; null: the end of the list. */
  readonly before: string | null;
}

/** A page of a list. In both directions its rows are newest first. */
export type PageArgs = ForwardPage | BackwardPage;

/** One page, newest first. */
export interface Page<Row> extends PageEnds {
  readonly edges: readonly { readonly cursor: string; readonly node: Row }[];
}

/** Numbers of outcomes by status; their sum is `total`. */
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
  /** The name of its API token; null without one. */
  readonly callerName: string | null;
  readonly callerKind: ActorKind;
  readonly note: string | null;
  readonly idempotencyKey: string | null;
  /** How an account counts that the service calls a member already; null if the operation is not CREATE_MEMBERS. */
  readonly alreadyMember: AlreadyMember | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** UUID of the request whose failed accounts this one sends again; null for a request that is no retry. */
  readonly retryOf: string | null;
}

export interface TargetRow {
  readonly requestId: string;
  readonly administrator: string;
  readonly service: SecurityService;
  readonly region: string;
  readonly detectorId: string | null;
  readonly counts: OutcomeCounts;
  /** Whether retention has erased its outcomes; the counts stay. */
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
  /** UUID of the last call that carried the account; null before it was sent. */
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

/** The status of an outcome's member when it was last read. */
export interface MemberStatusRow {
  readonly memberStatus: MemberStatus;
  /** The database's clock. */
  readonly memberStatusAt: Date;
}

/** A call that carried an outcome's account. */
export interface SendRow {
  /** UUID. */
  readonly callId: string;
  /** The text of the service about the account, verbatim; null when its answer has none. */
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
  /** The error of the last read-back of an unanswered call; null without one. */
  readonly readBackError: string | null;
  /** The caller id of who settled it by hand, and the reason; null for a call that settled by itself. */
  readonly resolvedBy: string | null;
  readonly resolution: string | null;
  readonly lateAnswer: LateAnswer | null;
}

/** The answer to a call that arrived after its worker had lost the lane. */
export interface LateAnswer {
  readonly status: CallStatus;
  readonly recordedAt: Date;
  readonly httpStatus: number | null;
  readonly awsRequestId: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly unprocessed: readonly { readonly accountId: string; readonly result: string }[];
}

/** Lanes by their columns. An absent or null member matches everything; so in all filters here. */
export interface LaneFilter {
  readonly administrator?: string | null;
  readonly service?: SecurityService | null;
  readonly region?: string | null;
}

export interface RequestFilter extends LaneFilter {
  readonly operations?: readonly MembershipOperation[] | null;
  readonly statuses?: readonly RequestStatus[] | null;
  /** Id of the caller. */
  readonly requestedBy?: string | null;
  /** Requests that named this account. */
  readonly accountId?: string | null;
  /** A part of the note, without regard to case. */
  readonly note?: string | null;
  /** This time or later. */
  readonly createdAfter?: Date | null;
  /** Before this time. */
  readonly createdBefore?: Date | null;
}

export interface OutcomeFilter extends LaneFilter {
  /** UUID. */
  readonly requestId?: string | null;
  readonly accountIds?: readonly string[] | null;
  readonly operations?: readonly MembershipOperation[] | null;
  readonly statuses?: readonly OutcomeStatus[] | null;
  readonly reasonCodes?: readonly ReasonCode[] | null;
  /** This time or later; an open outcome does not match. */
  readonly settledAfter?: Date | null;
  /** Before this time; an open outcome does not match. */
  readonly settledBefore?: Date | null;
}

export interface CallFilter extends LaneFilter {
  readonly operations?: readonly MembershipOperation[] | null;
  readonly statuses?: readonly CallStatus[] | null;
  /** True: only calls in doubt whose members could not be read back. */
  readonly inDoubt?: true | null;
  /** This time or later. */
  readonly startedAfter?: Date | null;
  /** Before this time. */
  readonly startedBefore?: Date | null;
}

/** The values that all outcomes of a group share; null for a dimension without a value, or that is not grouped by. */
export interface StatisticsGroup {
  readonly operation: MembershipOperation | null;
  readonly service: SecurityService | null;
  readonly region: string | null;
  readonly administrator: string | null;
  readonly status: OutcomeStatus | null;
  readonly reasonCode: ReasonCode | null;
  readonly requestedBy: string | null;
  /** Begin of the hour, day or month, in UTC, in which they settled; null for open outcomes. */
  readonly from: Date | null;
}

export interface StatisticsRow extends StatisticsGroup {
  readonly outcomes: number;
}

export interface AccountsRow extends StatisticsGroup {
  /** Distinct accounts. */
  readonly accounts: number;
}

/** A filter for the outcomes of one request. */
export type NestedOutcomeFilter = Pick<OutcomeFilter, 'statuses' | 'service' | 'region'>;

/**
 * Reads of the record. Each function is one SQL statement. With a caller it reads only the administrators granted to the
 * caller; without one, the caller has been shown the parents before. Functions of several ids answer in the order of the ids,
 * as a DataLoader needs.
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

  /** The number of rows of the list; null for more than `limit`, or if the count stopped at its limit of rows read. */
  countRequests(caller: Caller, filter: RequestFilter, limit: number): Promise<number | null>;
  countOutcomes(caller: Caller, filter: OutcomeFilter, limit: number): Promise<number | null>;
  countCalls(caller: Caller, filter: CallFilter, limit: number): Promise<number | null>;

  /** The first `limit` groups, ordered by time, newest first, and then by name. */
  statistics(
    caller: Caller,
    groupBy: readonly StatisticsDimension[],
    filter: OutcomeFilter,
    limit: number,
  ): Promise<StatisticsRow[]>;
  /** The same groups in the same order. Reads every outcome that matches the filter. */
  statisticsAccounts(
    caller: Caller,
    groupBy: readonly StatisticsDimension[],
    filter: OutcomeFilter,
    limit: number,
  ): Promise<AccountsRow[]>;
  /**
   * What PostgreSQL expects one of these two to cost, in units of its planner: about 20 microseconds of CPU time each. It grows
   * with the rows that the filter makes it read.
   */
  statisticsCost(
    count: 'outcomes' | 'accounts',
    caller: Caller,
    groupBy: readonly StatisticsDimension[],
    filter: OutcomeFilter,
  ): Promise<number>;

  requestsById(caller: Caller, ids: readonly string[]): Promise<(RequestRow | null)[]>;
  /** The same, each with its targets. */
  requestsWithTargets(caller: Caller, ids: readonly string[]): Promise<([RequestRow, TargetRow[]] | null)[]>;
  callsById(caller: Caller, ids: readonly string[]): Promise<(CallRow | null)[]>;
  outcomesByKey(caller: Caller, keys: readonly OutcomeKey[]): Promise<(OutcomeRow | null)[]>;
  /** The calls that carried each outcome, in order. */
  sendsOfOutcomes(keys: readonly OutcomeKey[]): Promise<SendRow[][]>;
  /** The status of each outcome's member when it was last read; null before that. */
  memberStatusOfOutcomes(keys: readonly OutcomeKey[]): Promise<(MemberStatusRow | null)[]>;
  targetsOfRequests(requestIds: readonly string[]): Promise<TargetRow[][]>;
  /** The newest `limit` retries of each request, newest first. */
  retriesOfRequests(requestIds: readonly string[], limit: number): Promise<RequestRow[][]>;
  outcomesOfRequests(
    requestIds: readonly string[],
    filter: NestedOutcomeFilter,
    page: PageArgs,
  ): Promise<Page<OutcomeRow>[]>;
  outcomesOfCalls(callIds: readonly string[], page: PageArgs): Promise<Page<OutcomeRow>[]>;
  callsOfRequests(requestIds: readonly string[], page: PageArgs): Promise<Page<CallRow>[]>;
}
