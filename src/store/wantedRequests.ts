import { Prisma } from '../generated/client.js';
import type { Caller } from '../membership.js';
import type { PageArgs, RequestFilter } from '../ports/history.js';
import { idBound } from './cursors.js';
import { type Direction, directionOf, limitOf } from './direction.js';
import { isGranted, narrowsLanes, wantedLanes } from './grants.js';
import { allOf, leads, nearOrFar } from './nearOrFar.js';
import { coalesced } from './outcomeRange.js';
import { idsBetween, isBetween } from './timeBounds.js';

/**
 * A subquery for a page of requests, by id, which is by time: those that named an account from the index of accounts;
 * others by `nearOrFar`, from the index of callers or that of administrators. A part of the note, and a service or region
 * without which most requests would be the same, are found by reading on.
 */
export function requestsFor(caller: Caller, filter: RequestFilter, page: PageArgs): Prisma.Sql {
  const direction = directionOf(page);
  const limit = limitOf(page);
  const bound = Prisma.sql`${idBound('requests', page)}::uuid`;
  const { createdAfter, createdBefore } = filter;
  const boundsOf = (id: Prisma.Sql) =>
    allOf(Prisma.sql`${id} ${direction.behind} ${bound}`, idsBetween(id, createdAfter, createdBefore));
  const within = boundsOf(Prisma.sql`r.id`);
  const passing = allOf(
    isBetween(Prisma.sql`r.created_at`, createdAfter, createdBefore),
    hasNote(filter),
    hasLane(filter),
  );
  const key = keyOf(caller, filter);
  if (filter.accountId != null) {
    return Prisma.sql`
      SELECT r.*
      FROM (
        SELECT a.request_id FROM request_account a
        WHERE a.account_id = ${filter.accountId} AND ${boundsOf(Prisma.sql`a.request_id`)}
        ORDER BY a.request_id ${direction.order}
      ) AS a
      CROSS JOIN LATERAL (
        SELECT r.* FROM request r WHERE ${allOf(Prisma.sql`r.id = a.request_id`, passing, key)} LIMIT 1
      ) AS r
      LIMIT ${limit}::int`;
  }
  const table = { table: Prisma.sql`request`, alias: Prisma.sql`r`, direction, limit };
  const isPassing = passing && coalesced(passing);
  if (key === null) return nearOrFar({ ...table, within: allOf(within, isPassing), condition: null }, null);
  const list = { ...table, within, condition: allOf(passing, key) };
  return nearOrFar(list, farRequests(caller, filter, allOf(within, isPassing), list));
}

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

/** The first requests of every administrator, operation and status, of one caller or of all, merged. */
function farRequests(
  caller: Caller,
  filter: RequestFilter,
  condition: Prisma.Sql,
  { direction: { order }, limit }: { direction: Direction; limit: number },
): Prisma.Sql {
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
      ? leads(Prisma.sql`r.administrator`, Prisma.sql`l.administrator`, text)
      : allOf(
          leads(Prisma.sql`r.caller_id`, Prisma.sql`${requestedBy}`, text),
          Prisma.sql`r.administrator = l.administrator`,
        );
  const byCaller = requestedBy == null ? Prisma.empty : Prisma.sql`r.caller_id ${order},`;
  return Prisma.sql`
    SELECT r.*
    FROM (SELECT DISTINCT l.administrator FROM ${wantedLanes(caller, filter)}) AS l
    CROSS JOIN ${operation} AS wanted_operation
    CROSS JOIN ${status} AS wanted_status
    CROSS JOIN LATERAL (
      SELECT r.* FROM request r
      WHERE ${allOf(
        isFirst,
        Prisma.sql`r.operation = wanted_operation AND r.status = wanted_status`,
        condition,
      )}
      ORDER BY ${byCaller} r.administrator ${order}, r.operation ${order}, r.status ${order}, r.id ${order}
      LIMIT ${limit}::int
    ) AS r
    ORDER BY r.id ${order}
    LIMIT ${limit}::int`;
}

function hasNote({ note }: RequestFilter): Prisma.Sql | null {
  if (note == null) return null;
  return Prisma.sql`r.note ILIKE ${`%${note.replaceAll(/[\\%_]/g, '\\$&')}%`}`;
}

// The lanes of the administrator are those of the request; which service or region it went to, its targets tell.
function hasLane({ service, region }: RequestFilter): Prisma.Sql | null {
  const condition = narrowsLanes(null, { service: service ?? null, region: region ?? null });
  return (
    condition &&
    coalesced(Prisma.sql`(
      SELECT true FROM target t
      WHERE t.request_id = r.id AND COALESCE(t.lane_id = ANY (ARRAY(SELECT l.id FROM lane l WHERE ${condition})), false)
      LIMIT 1)`)
  );
}
