import type {
  CallStatus,
  MembershipOperation,
  OutcomeStatus,
  ReasonCode,
  RequestStatus,
  SecurityService,
} from '../../membership.js';
import type { CallFilter, OutcomeFilter, RequestFilter } from '../../ports/history.js';
import { checkAccountId, checkAccountIds } from './checkAccountIds.js';
import { NOTE_MAX_LENGTH } from './checkOptions.js';
import { throwFirstFault, type Fault } from './faults.js';
import { checkRequestId } from './nodeId.js';
import { textFaults } from './valueFaults.js';

/** Most accounts of a filter: the outcomes of each are read on their own, and their newest are merged. */
const ACCOUNTS_PER_FILTER = 100;

/** Conditions on targets. Absent and null conditions match everything, here and below; an empty list matches nothing. */
export interface TargetFilter {
  readonly administrator?: string | null;
  readonly service?: SecurityService | null;
  readonly region?: string | null;
}

/** Conditions on requests. */
export interface RequestsQuery extends TargetFilter {
  readonly operation?: readonly MembershipOperation[] | null;
  readonly status?: readonly RequestStatus[] | null;
  readonly requestedBy?: string | null;
  readonly accountId?: string | null;
  readonly note?: string | null;
  readonly createdAfter?: Date | null;
  readonly createdBefore?: Date | null;
}

/** Conditions on outcomes. */
export interface OutcomesQuery extends TargetFilter {
  /** `request_` and a UUID. */
  readonly requestId?: string | null;
  readonly accountId?: readonly string[] | null;
  readonly operation?: readonly MembershipOperation[] | null;
  readonly status?: readonly OutcomeStatus[] | null;
  readonly reasonCode?: readonly ReasonCode[] | null;
  readonly settledAfter?: Date | null;
  readonly settledBefore?: Date | null;
}

/** Conditions on calls. */
export interface CallsQuery extends TargetFilter {
  readonly operation?: readonly MembershipOperation[] | null;
  readonly status?: readonly CallStatus[] | null;
  readonly startedAfter?: Date | null;
  readonly startedBefore?: Date | null;
}

/** The filter in the store's terms. @throws GatewayError `BAD_USER_INPUT`, with the condition named. */
export function checkRequestFilter(query: RequestsQuery): RequestFilter {
  const { accountId, note, createdAfter, createdBefore } = query;
  throwFirstFault([
    ...periodFaults('created', createdAfter, createdBefore),
    ...textFaults(['filter', 'note'], note, { min: 0, max: NOTE_MAX_LENGTH }),
  ]);
  return {
    ...targetFilter(query),
    operations: query.operation ?? null,
    statuses: query.status ?? null,
    requestedBy: query.requestedBy ?? null,
    accountId: accountId == null ? null : checkAccountId('filter.accountId', accountId),
    note: note ?? null,
    createdAfter: createdAfter ?? null,
    createdBefore: createdBefore ?? null,
  };
}

/** As `checkRequestFilter`. */
export function checkOutcomeFilter(query: OutcomesQuery): OutcomeFilter {
  const { requestId, accountId, settledAfter, settledBefore } = query;
  throwFirstFault(periodFaults('settled', settledAfter, settledBefore));
  return {
    ...targetFilter(query),
    requestId: requestId == null ? null : checkRequestId('filter.requestId', requestId),
    accountIds:
      accountId == null ? null : checkAccountIds('filter.accountId', accountId, ACCOUNTS_PER_FILTER),
    operations: query.operation ?? null,
    statuses: query.status ?? null,
    reasonCodes: query.reasonCode ?? null,
    settledAfter: settledAfter ?? null,
    settledBefore: settledBefore ?? null,
  };
}

/** As `checkRequestFilter`. */
export function checkCallFilter(query: CallsQuery): CallFilter {
  const { startedAfter, startedBefore } = query;
  throwFirstFault(periodFaults('started', startedAfter, startedBefore));
  return {
    ...targetFilter(query),
    operations: query.operation ?? null,
    statuses: query.status ?? null,
    startedAfter: startedAfter ?? null,
    startedBefore: startedBefore ?? null,
  };
}

function targetFilter({ administrator, service, region }: TargetFilter) {
  return { administrator: administrator ?? null, service: service ?? null, region: region ?? null };
}

function periodFaults(
  what: string,
  after: Date | null | undefined,
  before: Date | null | undefined,
): Fault[] {
  if (after == null || before == null || after < before) {
    return [];
  }
  const message = `expected a moment after filter.${what}After, ${after.toISOString()}, got ${before.toISOString()}`;
  return [{ path: ['filter', `${what}Before`], code: 'INVALID_INPUT', message }];
}
