import { Prisma } from '../../../generated/client.js';
import type { Caller } from '../../../membership.js';
import type { PageArgs, RequestFilter } from '../../../ports/history.js';
import { allOf, isBeyond, leads } from '../../sql/plannerHints.js';
import { idBound } from '../../sql/cursors.js';
import { directionOf, limitOf } from '../../sql/direction.js';
import { isGranted, narrowsLanes, wantedLanes } from '../../sql/grants.js';
import { idsBetween, isBetween } from '../../sql/timeBounds.js';
import { type Branches, type Ordered, sourceOf, type Source } from './boundedPage.js';

/**
 * How requests are read, by id, which is by time: those that named an account from the index of accounts; those that went
 * to a service or region also from the index of lanes; others also from that of callers or that of administrators. Parts of
 * notes are in no index, and found by reading on.
 */
export function requestsFor(caller: Caller, filter: RequestFilter, page: PageArgs): Source {
  const direction = directionOf(page);
  const bound = Prisma.sql`${idBound('requests', page)}::uuid`;
  const { createdAfter, createdBefore } = filter;
  const within: Within = (id) =>
    allOf(isBeyond(id, direction.behind, bound), idsBetween(id, createdAfter, createdBefore));
  const passing = allOf(isBetween(Prisma.sql`r.created_at`, createdAfter, createdBefore), hasNote(filter));
  const key = keyOf(caller, filter);
  const lane = hasLane(filter);
  const list = {
    name: 'request',
    alias: Prisma.sql`r`,
    keys: ['id'],
    direction,
    limit: limitOf(page),
    condition: allOf(passing, key, lane),
  };
  if (filter.accountId != null) {
    return sourceOf({ ...list, source: byAccount(filter.accountId, within, page), branches: null });
  }
  const source: Ordered['source'] = (most) => Prisma.sql`
    SELECT r.* FROM request r WHERE ${within(Prisma.sql`r.id`)} ORDER BY r.id ${direction.order} LIMIT ${most}`;
  const isByKey = filter.statuses != null || filter.requestedBy != null;
  if (lane !== null && !isByKey) {
    return sourceOf({ ...list, source, branches: byLane(caller, filter, within, page, allOf(passing, key)) });
  }
  if (key === null) {
    return sourceOf({ ...list, source, branches: null });
  }
  return sourceOf({ ...list, source, branches: byKey(caller, filter, within, page, allOf(passing, lane)) });
}

/** Bounds of a column that holds the id of a request. */
type Within = (id: Prisma.Sql) => Prisma.Sql;

/** What the indexes of requests are by; null when nothing of it narrows the list. */
function keyOf(
  caller: Caller,
  { administrator, operations, statuses, requestedBy }: RequestFilter,
): Prisma.Sql | null {
  return allOf(
    caller.administrators && isGranted(caller, Prisma.sql`r.administrator`),
    administrator == null ? null : Prisma.sql`r.administrator = ${administrator}`,
    operations ? Prisma.sql`r.operation = ANY (${[...operations]}::membership_operation[])` : null,
    statuses ? Prisma.sql`r.status = ANY (${[...statuses]}::request_status[])` : null,
    requestedBy == null ? null : Prisma.sql`r.caller_id = ${requestedBy}`,
  );
}

// An array and a limit that the planner does not know, as in `outcomesByAccount`.
function byAccount(accountId: string, within: Within, page: PageArgs): Ordered['source'] {
  const { order } = directionOf(page);
  return (most) => Prisma.sql`
    SELECT r.*
    FROM (
      SELECT a.request_id FROM request_account a
      WHERE a.account_id = ANY (string_to_array(${accountId}, ',')) AND ${within(Prisma.sql`a.request_id`)}
      ORDER BY a.account_id ${order}, a.request_id ${order}
      LIMIT (SELECT ${most})
    ) AS a
    CROSS JOIN LATERAL (SELECT r.* FROM request r WHERE r.id = a.request_id LIMIT 1) AS r`;
}

/** By lane. A request that went to several of them is found in each. */
function byLane(
  caller: Caller,
  filter: RequestFilter,
  within: Within,
  page: PageArgs,
  condition: Prisma.Sql | null,
): Branches {
  const { order } = directionOf(page);
  const inLane = leads(Prisma.sql`t.lane_id`, Prisma.sql`branch.id`, Prisma.sql`int`);
  return {
    from: Prisma.sql`SELECT l.id FROM ${wantedLanes(caller, filter)}`,
    lists: [
      (most) => Prisma.sql`(
        SELECT r.*
        FROM (
          SELECT t.request_id FROM target t
          WHERE ${inLane} AND ${within(Prisma.sql`t.request_id`)}
          ORDER BY t.lane_id ${order}, t.request_id ${order}
          LIMIT ${most}
        ) AS t
        CROSS JOIN LATERAL (SELECT r.* FROM request r WHERE r.id = t.request_id LIMIT 1) AS r)`,
    ],
    condition,
  };
}

/** By administrator, operation and status, of one caller or of all. */
function byKey(
  caller: Caller,
  filter: RequestFilter,
  within: Within,
  page: PageArgs,
  condition: Prisma.Sql | null,
): Branches {
  const { order } = directionOf(page);
  const { operations, statuses, requestedBy } = filter;
  const operation = operations
    ? Prisma.sql`unnest(${[...new Set(operations)]}::membership_operation[])`
    : Prisma.sql`unnest(enum_range(NULL::membership_operation))`;
  const status = statuses
    ? Prisma.sql`unnest(${[...new Set(statuses)]}::request_status[])`
    : Prisma.sql`unnest(enum_range(NULL::request_status))`;
  const text = Prisma.sql`text`;
  const isFirst =
    requestedBy == null
      ? leads(Prisma.sql`r.administrator`, Prisma.sql`branch.administrator`, text)
      : allOf(
          leads(Prisma.sql`r.caller_id`, Prisma.sql`${requestedBy}`, text),
          Prisma.sql`r.administrator = branch.administrator`,
        );
  const byCaller = requestedBy == null ? Prisma.empty : Prisma.sql`r.caller_id ${order},`;
  return {
    from: Prisma.sql`
      SELECT l.administrator, operation, status
      FROM (SELECT DISTINCT l.administrator FROM ${wantedLanes(caller, filter)}) AS l
      CROSS JOIN ${operation} AS operation
      CROSS JOIN ${status} AS status`,
    lists: [
      (most) => Prisma.sql`(
        SELECT r.* FROM request r
        WHERE ${isFirst} AND r.operation = branch.operation AND r.status = branch.status AND ${within(Prisma.sql`r.id`)}
        ORDER BY ${byCaller} r.administrator ${order}, r.operation ${order}, r.status ${order}, r.id ${order}
        LIMIT ${most})`,
    ],
    condition,
  };
}

function hasNote({ note }: RequestFilter): Prisma.Sql | null {
  if (note == null) {
    return null;
  }
  return Prisma.sql`r.note ILIKE ${`%${note.replaceAll(/[\\%_]/g, '\\$&')}%`}`;
}

// The lanes of the administrator are those of the request; which service or region it went to, its targets tell.
function hasLane({ service, region }: RequestFilter): Prisma.Sql | null {
  const condition = narrowsLanes(null, { service: service ?? null, region: region ?? null });
  return (
    condition &&
    Prisma.sql`(
      SELECT true FROM target t
      WHERE t.request_id = r.id AND t.lane_id = ANY (ARRAY(SELECT l.id FROM lane l WHERE ${condition}))
      LIMIT 1)`
  );
}
