import { Prisma } from '../../../generated/client.js';
import type { CallStatus, Caller } from '../../../membership.js';
import type { CallFilter, PageArgs } from '../../../ports/history.js';
import { allOf, isBeyond, leads } from '../../sql/plannerHints.js';
import { idBound } from '../../sql/cursors.js';
import { directionOf, limitOf } from '../../sql/direction.js';
import { isWantedLane, wantedLanes } from '../../sql/grants.js';
import { idsBetween, isBetween } from '../../sql/timeBounds.js';
import { type Branches, sourceOf, type Source } from './boundedPage.js';

/** How calls are read, by id, which is by time. */
export function callsFor(caller: Caller, filter: CallFilter, page: PageArgs): Source {
  const direction = directionOf(page);
  const within = callsWithin(filter, page);
  return sourceOf({
    name: 'call',
    alias: Prisma.sql`c`,
    keys: ['id'],
    direction,
    limit: limitOf(page),
    source: (most) => Prisma.sql`
      SELECT c.* FROM call c WHERE ${filter.statuses?.length === 0 ? Prisma.sql`false` : within} ORDER BY c.id ${direction.order} LIMIT ${most}`,
    condition: conditionOf(caller, filter),
    branches: filter.statuses?.length === 0 ? null : callBranches(caller, filter, page),
  });
}

/** What calls have to fulfil besides the bounds of their ids; null: nothing. */
function conditionOf(caller: Caller, filter: CallFilter): Prisma.Sql | null {
  const { operations, statuses, startedAfter, startedBefore } = filter;
  return allOf(
    isBetween(Prisma.sql`c.started_at`, startedAfter, startedBefore),
    isWantedLane(caller, filter, Prisma.sql`c.lane_id`),
    operations ? Prisma.sql`c.operation = ANY (${[...operations]}::membership_operation[])` : null,
    statuses ? Prisma.sql`c.status = ANY (${[...statuses]}::call_status[])` : null,
  );
}

function callsWithin({ startedAfter, startedBefore }: CallFilter, page: PageArgs): Prisma.Sql {
  const { behind } = directionOf(page);
  return allOf(
    isBeyond(Prisma.sql`c.id`, behind, Prisma.sql`${idBound('calls', page)}::uuid`),
    idsBetween(Prisma.sql`c.id`, startedAfter, startedBefore),
  );
}

/** By lane and operation; those refused or not answered, and those under way, also by status. */
function callBranches(caller: Caller, filter: CallFilter, page: PageArgs): Branches {
  const { order } = directionOf(page);
  const within = callsWithin(filter, page);
  const inLane = allOf(
    leads(Prisma.sql`c.lane_id`, Prisma.sql`branch.lane_id`, Prisma.sql`int`),
    Prisma.sql`c.operation = branch.operation`,
  );
  const byLane = Prisma.sql`c.lane_id ${order}, c.operation ${order}`;
  const exceptions = (status: Prisma.Sql) => (most: Prisma.Sql) => Prisma.sql`(
    SELECT c.* FROM call c
    WHERE ${allOf(inLane, Prisma.sql`c.status = ANY (${status})`, within)}
    ORDER BY ${byLane}, c.status ${order}, c.id ${order}
    LIMIT ${most})`;
  const all = (most: Prisma.Sql) => Prisma.sql`(
    SELECT c.* FROM call c WHERE ${allOf(inLane, within)} ORDER BY ${byLane}, c.id ${order} LIMIT ${most})`;
  const lists: Record<Exclude<CallStatus, 'ANSWERED'>, (most: Prisma.Sql) => Prisma.Sql> = {
    // Written out, so that any plan can tell that the index holds them.
    REFUSED: exceptions(Prisma.sql`'{REFUSED}'`),
    UNANSWERED: exceptions(Prisma.sql`'{UNANSWERED}'`),
    // A lane has few under way. OFFSET 0: found by that, and sorted after.
    SENT: (most) => Prisma.sql`(
      SELECT c.* FROM (SELECT * FROM call c WHERE c.lane_id = branch.lane_id AND c.settled_at IS NULL OFFSET 0) AS c
      WHERE ${allOf(Prisma.sql`c.operation = branch.operation AND c.status = 'SENT'`, within)}
      ORDER BY c.id ${order}
      LIMIT ${most})`,
  };
  const { operations, statuses, startedAfter, startedBefore } = filter;
  const wanted = statuses ? [...new Set(statuses)] : null;
  const operation = operations
    ? Prisma.sql`unnest(${[...new Set(operations)]}::membership_operation[])`
    : Prisma.sql`unnest(enum_range(NULL::membership_operation))`;
  const isAnswered = wanted?.includes('ANSWERED') ?? false;
  return {
    from: Prisma.sql`SELECT l.id AS lane_id, operation FROM ${wantedLanes(caller, filter)} CROSS JOIN ${operation} AS operation`,
    // All of a lane's are looked through for those answered, and the others are among them.
    lists:
      wanted === null || isAnswered
        ? [all]
        : wanted.filter((status) => status !== 'ANSWERED').map((status) => lists[status]),
    condition: allOf(
      isBetween(Prisma.sql`c.started_at`, startedAfter, startedBefore),
      isAnswered && wanted ? Prisma.sql`c.status = ANY (${wanted}::call_status[])` : null,
    ),
  };
}
