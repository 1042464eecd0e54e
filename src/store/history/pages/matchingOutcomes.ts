import { Prisma } from '../../../generated/client.js';
import type { Caller } from '../../../membership.js';
import type { OutcomeFilter } from '../../../ports/history.js';
import { allOf } from '../../sql/plannerHints.js';
import { uuidOrNone } from '../../sql/cursors.js';
import { isWantedLane } from '../../sql/grants.js';
import { type OutcomeConditions, toConditions } from './outcomeRange.js';
import { mayHave } from './outcomesByTarget.js';
import { isBetween } from '../../sql/timeBounds.js';
import { settledWithin } from './targetPages.js';

const HOUR_MS = 3_600_000;

/**
 * A subquery for all outcomes that meet a filter, in no order, with columns settled_at, lane_id, operation, caller_id,
 * status, reason (empty where there is none) and account_id.
 */
export function matchingOutcomes(caller: Caller, filter: OutcomeFilter): Prisma.Sql {
  const range = toConditions(filter);
  const { settledAfter, settledBefore } = range;
  const condition = allOf(
    mayHave(range),
    settledWithin(Prisma.sql`t.id`, caller, filter, range),
    isBetween(Prisma.sql`o.settled_at`, settledAfter, settledBefore),
    isWantedLane(caller, filter, Prisma.sql`o.lane_id`),
    filter.requestId == null ? null : Prisma.sql`r.id = ${uuidOrNone(filter.requestId)}::uuid`,
    filter.accountIds == null ? null : Prisma.sql`o.account_id = ANY (${[...filter.accountIds]}::text[])`,
    range.statuses && Prisma.sql`o.status = ANY (${[...range.statuses]}::outcome_status[])`,
    range.reasonCodes && Prisma.sql`o.reason_code = ANY (${[...range.reasonCodes]}::reason_code[])`,
  );
  return Prisma.sql`
    SELECT o.settled_at, o.lane_id, t.operation, r.caller_id, o.status, COALESCE(o.reason_code::text, '') AS reason, o.account_id
    FROM outcome o JOIN target t ON t.id = o.target_id JOIN request r ON r.id = t.request_id
    WHERE ${condition}`;
}

/**
 * A subquery for the numbers of outcomes that meet a filter, with the columns of `matchingOutcomes` but a number `outcomes`
 * in place of the account, and the beginning of an hour as settled_at: from what has been counted by the hour, the outcomes
 * themselves of the two hours that the filter cuts, and the counts of the targets that are open. A filter by accounts or by
 * a request reads their outcomes instead.
 */
export function countedOutcomes(caller: Caller, filter: OutcomeFilter): Prisma.Sql {
  const range = toConditions(filter);
  if (filter.accountIds != null || filter.requestId != null) {
    return countEach(caller, filter);
  }
  const { settledAfter, settledBefore } = range;
  const from = settledAfter && new Date(Math.ceil(settledAfter.getTime() / HOUR_MS) * HOUR_MS);
  const to = settledBefore && new Date(Math.floor(settledBefore.getTime() / HOUR_MS) * HOUR_MS);
  if (from && to && from >= to) {
    return countEach(caller, filter);
  }
  const parts = [countedHours(caller, filter, range, from, to)];
  // The parts of an hour at either end.
  if (from && cutsHour(settledAfter)) {
    parts.push(countEach(caller, { ...filter, settledBefore: from }));
  }
  if (to && cutsHour(settledBefore)) {
    parts.push(countEach(caller, { ...filter, settledAfter: to }));
  }
  if (!settledAfter && !settledBefore && !range.reasonCodes) {
    parts.push(countedOpen(caller, filter, range));
  }
  return Prisma.join(parts, ' UNION ALL ');
}

function cutsHour(moment: Date | null): boolean {
  return moment !== null && moment.getTime() % HOUR_MS !== 0;
}

function countEach(caller: Caller, filter: OutcomeFilter): Prisma.Sql {
  return Prisma.sql`
    SELECT m.settled_at, m.lane_id, m.operation, m.caller_id, m.status, m.reason, 1::bigint AS outcomes
    FROM (${matchingOutcomes(caller, filter)}) AS m`;
}

function countedHours(
  caller: Caller,
  filter: OutcomeFilter,
  { operations, statuses, reasonCodes }: OutcomeConditions,
  from: Date | null,
  to: Date | null,
): Prisma.Sql {
  const condition = allOf(
    Prisma.sql`true`,
    isBetween(Prisma.sql`h.hour`, from, to),
    isWantedLane(caller, filter, Prisma.sql`h.lane_id`),
    operations && Prisma.sql`h.operation = ANY (${[...operations]}::membership_operation[])`,
    statuses && Prisma.sql`h.status = ANY (${[...statuses]}::outcome_status[])`,
    reasonCodes && Prisma.sql`h.reason = ANY (${[...reasonCodes]}::text[])`,
  );
  return Prisma.sql`
    SELECT h.hour AS settled_at, h.lane_id, h.operation, h.caller_id, h.status, h.reason, h.outcomes
    FROM settled_hour h WHERE ${condition}`;
}

function countedOpen(
  caller: Caller,
  filter: OutcomeFilter,
  { operations, statuses }: OutcomeConditions,
): Prisma.Sql {
  const condition = allOf(
    Prisma.sql`r.finished_at IS NULL AND open.outcomes > 0`,
    isWantedLane(caller, filter, Prisma.sql`t.lane_id`),
    operations && Prisma.sql`t.operation = ANY (${[...operations]}::membership_operation[])`,
    statuses && Prisma.sql`open.status = ANY (${[...statuses]}::outcome_status[])`,
  );
  return Prisma.sql`
    SELECT NULL::timestamptz, t.lane_id, t.operation, r.caller_id, open.status, '', open.outcomes::bigint
    FROM request r
    JOIN target t ON t.request_id = r.id
    CROSS JOIN LATERAL (
      VALUES ('PENDING'::outcome_status, t.pending), ('IN_FLIGHT'::outcome_status, t.in_flight)
    ) AS open (status, outcomes)
    WHERE ${condition}`;
}
