import { Prisma } from '../../generated/client.js';
import type { Caller } from '../../membership.js';
import type { OutcomeFilter } from '../../ports/history.js';
import { allOf } from '../sql/plannerHints.js';
import { uuidOrNone } from '../sql/cursors.js';
import { isOneOf } from '../sql/enums.js';
import { laneIdCondition } from '../sql/grants.js';
import { isBetween } from '../sql/timeBounds.js';
import {
  mayBeOpen,
  type OutcomeConditions,
  statusCondition,
  toConditions,
} from './pages/outcomeConditions.js';
import { mayHaveOutcomes } from './pages/outcomesByTarget.js';
import { settledTargetBounds } from './pages/targetPages.js';

const HOUR_MS = 3_600_000;

/**
 * A subquery for all outcomes that match a filter, in no order, with columns settled_at, lane_id, operation, caller_id,
 * status, reason (empty without one) and account_id.
 */
export function matchingOutcomes(caller: Caller, filter: OutcomeFilter): Prisma.Sql {
  const conditions = toConditions(filter);
  const ended = selectMatching(Prisma.sql`outcome`, caller, filter, conditions);
  return mayBeOpen(conditions)
    ? Prisma.sql`${ended} UNION ALL ${selectMatching(Prisma.sql`open_outcome`, caller, filter, conditions)}`
    : ended;
}

function selectMatching(
  outcomes: Prisma.Sql,
  caller: Caller,
  filter: OutcomeFilter,
  conditions: OutcomeConditions,
): Prisma.Sql {
  const { settledAfter, settledBefore } = conditions;
  const condition = allOf(
    mayHaveOutcomes(conditions),
    settledTargetBounds(Prisma.sql`t.id`, caller, filter, conditions),
    isBetween(Prisma.sql`o.settled_at`, settledAfter, settledBefore),
    laneIdCondition(caller, filter, Prisma.sql`o.lane_id`),
    filter.requestId == null ? null : Prisma.sql`r.id = ${uuidOrNone(filter.requestId)}::uuid`,
    filter.accountIds == null ? null : Prisma.sql`o.account_id = ANY (${[...filter.accountIds]}::text[])`,
    statusCondition(conditions),
    isOneOf(Prisma.sql`o.reason_code`, conditions.reasonCodes, 'reason_code'),
  );
  return Prisma.sql`
    SELECT o.settled_at, o.lane_id, t.operation, r.caller_id, o.status, COALESCE(o.reason_code::text, '') AS reason, o.account_id
    FROM ${outcomes} o JOIN target t ON t.id = o.target_id JOIN request r ON r.id = t.request_id
    WHERE ${condition}`;
}

/**
 * A subquery for the numbers of outcomes that match a filter: the columns of `matchingOutcomes`, but `outcomes`, a number, in
 * place of account_id, and the beginning of an hour or an exact time as settled_at.
 *
 * The numbers come from the counts of whole hours, from the outcomes of an hour that a time of the filter divides, and from
 * the counts of open targets. For a filter by account or request, the outcomes themselves are read.
 */
export function outcomeCounts(caller: Caller, filter: OutcomeFilter): Prisma.Sql {
  const { settledAfter, settledBefore } = toConditions(filter);
  const hours: Hours = {
    from: settledAfter && new Date(Math.ceil(settledAfter.getTime() / HOUR_MS) * HOUR_MS),
    to: settledBefore && new Date(Math.floor(settledBefore.getTime() / HOUR_MS) * HOUR_MS),
  };
  const hasWholeHours = !hours.from || !hours.to || hours.from < hours.to;
  if (filter.accountIds != null || filter.requestId != null || !hasWholeHours) {
    return countEach(caller, filter);
  }
  const counts = [
    countHours(caller, filter, hours),
    ...countDividedHours(caller, filter, hours),
    ...countOpen(caller, filter),
  ];
  return Prisma.join(counts, ' UNION ALL ');
}

/** The whole hours between the times of a filter; null: without limit. */
interface Hours {
  readonly from: Date | null;
  readonly to: Date | null;
}

function countEach(caller: Caller, filter: OutcomeFilter): Prisma.Sql {
  return Prisma.sql`
    SELECT m.settled_at, m.lane_id, m.operation, m.caller_id, m.status, m.reason, 1::bigint AS outcomes
    FROM (${matchingOutcomes(caller, filter)}) AS m`;
}

function countHours(caller: Caller, filter: OutcomeFilter, { from, to }: Hours): Prisma.Sql {
  const { operations, statuses, reasonCodes } = toConditions(filter);
  const condition = allOf(
    Prisma.sql`true`,
    isBetween(Prisma.sql`h.hour`, from, to),
    laneIdCondition(caller, filter, Prisma.sql`h.lane_id`),
    isOneOf(Prisma.sql`h.operation`, operations, 'membership_operation'),
    isOneOf(Prisma.sql`h.status`, statuses, 'outcome_status'),
    reasonCodes && Prisma.sql`h.reason = ANY (${[...reasonCodes]}::text[])`,
  );
  return Prisma.sql`
    SELECT h.hour AS settled_at, h.lane_id, h.operation, h.caller_id, h.status, h.reason, h.outcomes
    FROM settled_hour h WHERE ${condition}`;
}

/** The hours at both ends of the filter, if a time of the filter divides them. */
function countDividedHours(caller: Caller, filter: OutcomeFilter, { from, to }: Hours): Prisma.Sql[] {
  const counts: Prisma.Sql[] = [];
  if (from && from.getTime() !== filter.settledAfter?.getTime()) {
    counts.push(countEach(caller, { ...filter, settledBefore: from }));
  }
  if (to && to.getTime() !== filter.settledBefore?.getTime()) {
    counts.push(countEach(caller, { ...filter, settledAfter: to }));
  }
  return counts;
}

/** Outcomes that have not settled, if the filter includes them. */
function countOpen(caller: Caller, filter: OutcomeFilter): Prisma.Sql[] {
  const { operations, statuses, reasonCodes, settledAfter, settledBefore } = toConditions(filter);
  if (settledAfter || settledBefore || reasonCodes) {
    return [];
  }
  const condition = allOf(
    Prisma.sql`r.finished_at IS NULL AND open.outcomes > 0`,
    laneIdCondition(caller, filter, Prisma.sql`t.lane_id`),
    isOneOf(Prisma.sql`t.operation`, operations, 'membership_operation'),
    isOneOf(Prisma.sql`open.status`, statuses, 'outcome_status'),
  );
  return [
    Prisma.sql`
      SELECT NULL::timestamptz, t.lane_id, t.operation, r.caller_id, open.status, '', open.outcomes::bigint
      FROM request r
      JOIN target t ON t.request_id = r.id
      CROSS JOIN LATERAL (
        VALUES ('PENDING'::outcome_status, t.pending), ('IN_FLIGHT'::outcome_status, t.in_flight)
      ) AS open (status, outcomes)
      WHERE ${condition}`,
  ];
}
