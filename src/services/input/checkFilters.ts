import { GatewayError, quoted } from '../../errors.js';
import {
  isAccountId,
  type CallStatus,
  type MembershipOperation,
  type OutcomeStatus,
  type ReasonCode,
  type RequestStatus,
  type SecurityService,
} from '../../membership.js';
import type { CallFilter, OutcomeFilter, RequestFilter } from '../../ports/history.js';
import { parseRequestId } from './nodeId.js';

/** Most accounts a filter may name: each is looked up on its own, and their newest outcomes merged. */
const ACCOUNTS_PER_FILTER = 100;

/** Longest part of a note that may be looked for: longer than any note that a request takes is useless. */
const LONGEST_NOTE = 1_000;

/** Where. Absent and null conditions do not narrow, here and below; an empty list matches nothing. */
export interface TargetQuery {
  readonly administrator?: string | null;
  readonly service?: SecurityService | null;
  readonly region?: string | null;
}

/** Which requests a caller wants listed. */
export interface RequestsQuery extends TargetQuery {
  readonly operation?: readonly MembershipOperation[] | null;
  readonly status?: readonly RequestStatus[] | null;
  readonly requestedBy?: string | null;
  readonly accountId?: string | null;
  readonly note?: string | null;
  readonly createdAfter?: Date | null;
  readonly createdBefore?: Date | null;
}

/** Which outcomes a caller wants listed. */
export interface OutcomesQuery extends TargetQuery {
  /** Id of a request as the schema gives it out. */
  readonly requestId?: string | null;
  readonly accountId?: readonly string[] | null;
  readonly operation?: readonly MembershipOperation[] | null;
  readonly status?: readonly OutcomeStatus[] | null;
  readonly reasonCode?: readonly ReasonCode[] | null;
  readonly settledAfter?: Date | null;
  readonly settledBefore?: Date | null;
}

/** Which calls a caller wants listed. */
export interface CallsQuery extends TargetQuery {
  readonly operation?: readonly MembershipOperation[] | null;
  readonly status?: readonly CallStatus[] | null;
  readonly startedAfter?: Date | null;
  readonly startedBefore?: Date | null;
}

/** The filter in the store's terms; `BAD_USER_INPUT`, with the condition named, for one that cannot be meant. */
export function checkRequestFilter(asked: RequestsQuery): RequestFilter {
  const { accountId, note, createdAfter, createdBefore } = asked;
  checkPeriod('created', createdAfter, createdBefore);
  if ((note?.length ?? 0) > LONGEST_NOTE) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      `filter.note: expected at most ${LONGEST_NOTE} characters, got ${note?.length}`,
    );
  }
  return {
    ...lanesOf(asked),
    operations: asked.operation ?? null,
    statuses: asked.status ?? null,
    requestedBy: asked.requestedBy ?? null,
    accountId: accountId == null ? null : checkAccountId('filter.accountId', accountId),
    note: note ?? null,
    createdAfter: createdAfter ?? null,
    createdBefore: createdBefore ?? null,
  };
}

/** As `checkRequestFilter`. */
export function checkOutcomeFilter(asked: OutcomesQuery): OutcomeFilter {
  const { requestId, accountId, settledAfter, settledBefore } = asked;
  checkPeriod('settled', settledAfter, settledBefore);
  return {
    ...lanesOf(asked),
    requestId: typeof requestId === 'string' ? parseRequestId('filter.requestId', requestId) : null,
    accountIds: accountId == null ? null : checkAccountIds(accountId),
    operations: asked.operation ?? null,
    statuses: asked.status ?? null,
    reasonCodes: asked.reasonCode ?? null,
    settledAfter: settledAfter ?? null,
    settledBefore: settledBefore ?? null,
  };
}

/** As `checkRequestFilter`. */
export function checkCallFilter(asked: CallsQuery): CallFilter {
  const { startedAfter, startedBefore } = asked;
  checkPeriod('started', startedAfter, startedBefore);
  return {
    ...lanesOf(asked),
    operations: asked.operation ?? null,
    statuses: asked.status ?? null,
    startedAfter: startedAfter ?? null,
    startedBefore: startedBefore ?? null,
  };
}

/** The account id; `BAD_USER_INPUT`, with the argument named, when it is none. */
function checkAccountId(argument: string, accountId: string): string {
  if (isAccountId(accountId)) {
    return accountId;
  }
  throw new GatewayError(
    'BAD_USER_INPUT',
    `${argument}: expected an AWS account id of exactly 12 digits, got ${quoted(accountId)}`,
  );
}

function lanesOf({ administrator, service, region }: TargetQuery) {
  return { administrator: administrator ?? null, service: service ?? null, region: region ?? null };
}

function checkPeriod(what: string, after: Date | null | undefined, before: Date | null | undefined): void {
  if (after == null || before == null || after < before) {
    return;
  }
  throw new GatewayError(
    'BAD_USER_INPUT',
    `filter.${what}Before: expected a moment after filter.${what}After, ${after.toISOString()}, got ${before.toISOString()}`,
  );
}

function checkAccountIds(accountIds: readonly string[]): string[] {
  if (accountIds.length <= ACCOUNTS_PER_FILTER) {
    return accountIds.map((accountId, index) => checkAccountId(`filter.accountId.${index}`, accountId));
  }
  throw new GatewayError(
    'BAD_USER_INPUT',
    `filter.accountId: expected at most ${ACCOUNTS_PER_FILTER} accounts, got ${accountIds.length}`,
  );
}
