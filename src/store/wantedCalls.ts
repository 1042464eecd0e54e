import { Prisma } from '../generated/client.js';
import type { CallStatus, Caller } from '../membership.js';
import type { CallFilter, PageArgs } from '../ports/history.js';
import { idBound } from './cursors.js';
import { directionOf, limitOf } from './direction.js';
import { isWantedLane, wantedLanes } from './grants.js';
import { allOf, leads, type List, nearOrFar } from './nearOrFar.js';
import { coalesced } from './outcomeRange.js';
import { idsBetween, isBetween } from './timeBounds.js';

/** A subquery for a page of calls, by id, which is by time, by `nearOrFar`. */
export function callsFor(caller: Caller, filter: CallFilter, page: PageArgs): Prisma.Sql {
  const { operations, statuses, startedAfter, startedBefore } = filter;
  const direction = directionOf(page);
  const within = allOf(
    Prisma.sql`c.id ${direction.behind} ${idBound('calls', page)}::uuid`,
    idsBetween(Prisma.sql`c.id`, startedAfter, startedBefore),
  );
  const isInTime = isBetween(Prisma.sql`c.started_at`, startedAfter, startedBefore);
  const condition = allOf(
    isInTime,
    isWantedLane(caller, filter, Prisma.sql`c.lane_id`),
    operations ? Prisma.sql`c.operation = ANY (${[...operations]}::membership_operation[])` : null,
    statuses ? Prisma.sql`c.status = ANY (${[...statuses]}::call_status[])` : null,
  );
  const list = {
    table: Prisma.sql`call`,
    alias: Prisma.sql`c`,
    within,
    condition,
    direction,
    limit: limitOf(page),
  };
  return nearOrFar(list, farCalls(caller, filter, allOf(within, isInTime && coalesced(isInTime)), list));
}

/** The first calls of every lane and operation, merged: those refused or not answered, and those under way, by status. */
function farCalls(
  caller: Caller,
  filter: CallFilter,
  within: Prisma.Sql,
  { direction: { order }, limit }: List,
): Prisma.Sql {
  const inLane = allOf(
    leads(Prisma.sql`c.lane_id`, Prisma.sql`l.id`, Prisma.sql`int`),
    Prisma.sql`c.operation = wanted_operation`,
  );
  const byLane = Prisma.sql`c.lane_id ${order}, c.operation ${order}`;
  const exceptions = (status: Prisma.Sql) => Prisma.sql`(
    SELECT c.* FROM call c
    WHERE ${allOf(inLane, Prisma.sql`c.status = ANY (${status})`, within)}
    ORDER BY ${byLane}, c.status ${order}, c.id ${order}
    LIMIT ${limit}::int)`;
  const lists: Record<CallStatus, Prisma.Sql> = {
    // Written out, so that any plan can tell that the index holds them.
    REFUSED: exceptions(Prisma.sql`'{REFUSED}'`),
    UNANSWERED: exceptions(Prisma.sql`'{UNANSWERED}'`),
    // A lane has few under way. OFFSET 0: found by that, and sorted after.
    SENT: Prisma.sql`(
      SELECT c.* FROM (SELECT * FROM call c WHERE c.lane_id = l.id AND c.settled_at IS NULL OFFSET 0) AS c
      WHERE ${allOf(Prisma.sql`c.operation = wanted_operation AND c.status = 'SENT'`, within)})`,
    ANSWERED: Prisma.sql`(
      SELECT c.* FROM call c
      WHERE ${allOf(inLane, coalesced(Prisma.sql`c.status = 'ANSWERED'`), within)}
      ORDER BY ${byLane}, c.id ${order}
      LIMIT ${limit}::int)`,
  };
  const all = Prisma.sql`(
    SELECT c.* FROM call c WHERE ${allOf(inLane, within)} ORDER BY ${byLane}, c.id ${order} LIMIT ${limit}::int)`;
  const { operations, statuses } = filter;
  const wanted = statuses ? [...new Set(statuses)].map((status) => lists[status]) : [all];
  if (wanted.length === 0) return Prisma.sql`SELECT * FROM call WHERE false`;
  const operation = operations
    ? Prisma.sql`unnest(${[...new Set(operations)]}::membership_operation[])`
    : Prisma.sql`unnest(enum_range(NULL::membership_operation))`;
  return Prisma.sql`
    SELECT c.*
    FROM ${wantedLanes(caller, filter)}
    CROSS JOIN ${operation} AS wanted_operation
    CROSS JOIN LATERAL (${Prisma.join(wanted, ' UNION ALL ')}) AS c
    ORDER BY c.id ${order}
    LIMIT ${limit}::int`;
}
