import { Prisma } from '../../../generated/client.js';
import type { Caller } from '../../../membership.js';
import type { PageArgs, RequestFilter } from '../../../ports/history.js';
import { allOf, asLeadingColumn, rowCompare } from '../../sql/plannerHints.js';
import { idBound } from '../../sql/cursors.js';
import { directionOf, limitOf, type Direction } from '../../sql/direction.js';
import { enumValues, isOneOf } from '../../sql/enums.js';
import { grantCondition, laneCondition, matchingLanes } from '../../sql/grants.js';
import { idsBetween, isBetween } from '../../sql/timeBounds.js';
import { orderedList } from './boundedPage.js';
import type { Branches, LimitedSelect, PageableList } from './keysetList.js';

/** A page of a list of requests. */
interface RequestRange {
  readonly caller: Caller;
  readonly filter: RequestFilter;
  readonly direction: Direction;
  /** Bounds of a column that holds the id of a request. */
  readonly inBounds: (id: Prisma.Sql) => Prisma.Sql;
}

/**
 * Requests, the newest first. Their ids are UUIDv7, so that the order of ids is the order of time.
 *
 * With an account, the list comes from the index of accounts. Otherwise it is scanned by primary key, and merged from the
 * index of callers or of administrators, or for a service or region from that of lanes. No index holds parts of notes.
 */
export function requestPages(caller: Caller, filter: RequestFilter, page: PageArgs): PageableList {
  const direction = directionOf(page);
  const bound = Prisma.sql`${idBound('requests', page)}::uuid`;
  const { accountId, createdAfter, createdBefore } = filter;
  const range: RequestRange = {
    caller,
    filter,
    direction,
    inBounds: (id) =>
      allOf(rowCompare(id, direction.follows, bound), idsBetween(id, createdAfter, createdBefore)),
  };
  const unindexed = allOf(
    isBetween(Prisma.sql`r.created_at`, createdAfter, createdBefore),
    noteCondition(filter),
  );
  const key = keyCondition(caller, filter);
  const target = targetCondition(filter);
  return orderedList({
    name: 'request',
    alias: Prisma.sql`r`,
    keys: ['id'],
    direction,
    limit: limitOf(page),
    source: accountId == null ? byId(range) : byAccount(accountId, range),
    condition: allOf(unindexed, key, target),
    branches: accountId == null ? branchesOf(range, { unindexed, key, target }) : null,
  });
}

/** Conditions on the row `r` of request: by the index that holds their columns. */
interface RequestConditions {
  readonly unindexed: Prisma.Sql | null;
  readonly key: Prisma.Sql | null;
  readonly target: Prisma.Sql | null;
}

/** The branches that read least; null: no index narrows the list. */
function branchesOf(range: RequestRange, { unindexed, key, target }: RequestConditions): Branches | null {
  const { statuses, requestedBy } = range.filter;
  const isNarrowedByKey = statuses != null || requestedBy != null;
  if (target !== null && !isNarrowedByKey) {
    return byLane(range, allOf(unindexed, key));
  }
  return key === null ? null : byKey(range, allOf(unindexed, target));
}

/** The condition on administrator, operation, status and caller, the columns of the indexes of requests. */
function keyCondition(
  caller: Caller,
  { administrator, operations, statuses, requestedBy }: RequestFilter,
): Prisma.Sql | null {
  return allOf(
    caller.administrators && grantCondition(caller, Prisma.sql`r.administrator`),
    administrator == null ? null : Prisma.sql`r.administrator = ${administrator}`,
    isOneOf(Prisma.sql`r.operation`, operations, 'membership_operation'),
    isOneOf(Prisma.sql`r.status`, statuses, 'request_status'),
    requestedBy == null ? null : Prisma.sql`r.caller_id = ${requestedBy}`,
  );
}

/** The condition on service and region, which the targets of a request have. */
function targetCondition({ service, region }: RequestFilter): Prisma.Sql | null {
  const condition = laneCondition(null, { service: service ?? null, region: region ?? null });
  return (
    condition &&
    Prisma.sql`(
      SELECT true FROM target t
      WHERE t.request_id = r.id AND t.lane_id = ANY (ARRAY(SELECT l.id FROM lane l WHERE ${condition}))
      LIMIT 1)`
  );
}

function noteCondition({ note }: RequestFilter): Prisma.Sql | null {
  if (note == null) {
    return null;
  }
  return Prisma.sql`r.note ILIKE ${`%${note.replaceAll(/[\\%_]/g, '\\$&')}%`}`;
}

function byId({ inBounds, direction }: RequestRange): LimitedSelect {
  return (limit) => Prisma.sql`
    SELECT r.* FROM request r WHERE ${inBounds(Prisma.sql`r.id`)} ORDER BY r.id ${direction.order} LIMIT ${limit}`;
}

/** The array of accounts and the limit are unknown to the planner for the reason given at `outcomesByAccount`. */
function byAccount(accountId: string, { inBounds, direction: { order } }: RequestRange): LimitedSelect {
  return (limit) => Prisma.sql`
    SELECT r.*
    FROM (
      SELECT a.request_id FROM request_account a
      WHERE a.account_id = ANY (string_to_array(${accountId}, ',')) AND ${inBounds(Prisma.sql`a.request_id`)}
      ORDER BY a.account_id ${order}, a.request_id ${order}
      LIMIT (SELECT ${limit})
    ) AS a
    CROSS JOIN LATERAL (SELECT r.* FROM request r WHERE r.id = a.request_id LIMIT 1) AS r`;
}

/** One branch for each lane. A request with several lanes is in several branches. */
function byLane(
  { caller, filter, inBounds, direction: { order } }: RequestRange,
  condition: Prisma.Sql | null,
): Branches {
  const inLane = asLeadingColumn(Prisma.sql`t.lane_id`, Prisma.sql`branch.id`, Prisma.sql`int`);
  return {
    from: Prisma.sql`SELECT l.id FROM ${matchingLanes(caller, filter)}`,
    selects: [
      (limit) => Prisma.sql`(
        SELECT r.*
        FROM (
          SELECT t.request_id FROM target t
          WHERE ${inLane} AND ${inBounds(Prisma.sql`t.request_id`)}
          ORDER BY t.lane_id ${order}, t.request_id ${order}
          LIMIT ${limit}
        ) AS t
        CROSS JOIN LATERAL (SELECT r.* FROM request r WHERE r.id = t.request_id LIMIT 1) AS r)`,
    ],
    condition,
  };
}

/** One branch for each administrator, operation and status, of one caller or of all. */
function byKey(
  { caller, filter, inBounds, direction: { order } }: RequestRange,
  condition: Prisma.Sql | null,
): Branches {
  const { operations, statuses, requestedBy } = filter;
  const text = Prisma.sql`text`;
  const leading =
    requestedBy == null
      ? asLeadingColumn(Prisma.sql`r.administrator`, Prisma.sql`branch.administrator`, text)
      : allOf(
          asLeadingColumn(Prisma.sql`r.caller_id`, Prisma.sql`${requestedBy}`, text),
          Prisma.sql`r.administrator = branch.administrator`,
        );
  const byCaller = requestedBy == null ? Prisma.empty : Prisma.sql`r.caller_id ${order},`;
  return {
    from: Prisma.sql`
      SELECT l.administrator, operation, status
      FROM (SELECT DISTINCT l.administrator FROM ${matchingLanes(caller, filter)}) AS l
      CROSS JOIN ${enumValues(operations, 'membership_operation')} AS operation
      CROSS JOIN ${enumValues(statuses, 'request_status')} AS status`,
    selects: [
      (limit) => Prisma.sql`(
        SELECT r.* FROM request r
        WHERE ${leading} AND r.operation = branch.operation AND r.status = branch.status AND ${inBounds(Prisma.sql`r.id`)}
        ORDER BY ${byCaller} r.administrator ${order}, r.operation ${order}, r.status ${order}, r.id ${order}
        LIMIT ${limit})`,
    ],
    condition,
  };
}
