import { Prisma } from '../../../generated/client.js';
import type { CallStatus, Caller } from '../../../membership.js';
import type { CallFilter, PageArgs } from '../../../ports/history.js';
import { IN_DOUBT } from '../../sql/inDoubt.js';
import { allOf, asLeadingColumn, rowCompare } from '../../sql/plannerHints.js';
import { idBound } from '../../sql/cursors.js';
import { directionOf, limitOf } from '../../sql/direction.js';
import { enumValues, isOneOf } from '../../sql/enums.js';
import { laneIdCondition, matchingLanes } from '../../sql/grants.js';
import { unsettledCalls } from '../../sql/unsettledCalls.js';
import { idsBetween, isBetween } from '../../sql/timeBounds.js';
import { orderedList } from './boundedPage.js';
import type { Branches, LimitedSelect, PageableList } from './keysetList.js';

/** Calls, the newest first. Their ids are UUIDv7, so that the order of ids is the order of time. */
export function callPages(caller: Caller, filter: CallFilter, page: PageArgs): PageableList {
  const direction = directionOf(page);
  const hasNone = filter.statuses?.length === 0;
  const inBounds = hasNone ? Prisma.sql`false` : idBounds(filter, page);
  return orderedList({
    name: 'call',
    alias: Prisma.sql`c`,
    keys: ['id'],
    direction,
    limit: limitOf(page),
    source: (limit) => Prisma.sql`
      SELECT c.* FROM ${filter.inDoubt === true ? DOUBTS : Prisma.sql`call c`} WHERE ${inBounds} ORDER BY c.id ${direction.order} LIMIT ${limit}`,
    condition: filterCondition(caller, filter),
    branches: hasNone || filter.inDoubt === true ? null : callBranches(caller, filter, page),
  });
}

/** The calls in doubt, of which there are few. OFFSET 0 makes the planner find them first, by their index, and then sort them. */
const DOUBTS = Prisma.sql`(SELECT * FROM call c WHERE ${IN_DOUBT} OFFSET 0) AS c`;

/** The condition on calls between the bounds of their ids; null: every call matches. */
function filterCondition(caller: Caller, filter: CallFilter): Prisma.Sql | null {
  const { operations, statuses, startedAfter, startedBefore } = filter;
  return allOf(
    isBetween(Prisma.sql`c.started_at`, startedAfter, startedBefore),
    laneIdCondition(caller, filter, Prisma.sql`c.lane_id`),
    isOneOf(Prisma.sql`c.operation`, operations, 'membership_operation'),
    isOneOf(Prisma.sql`c.status`, statuses, 'call_status'),
  );
}

function idBounds({ startedAfter, startedBefore }: CallFilter, page: PageArgs): Prisma.Sql {
  const { follows } = directionOf(page);
  return allOf(
    rowCompare(Prisma.sql`c.id`, follows, Prisma.sql`${idBound('calls', page)}::uuid`),
    idsBetween(Prisma.sql`c.id`, startedAfter, startedBefore),
  );
}

/**
 * One branch for each lane and operation. Calls refused, unanswered or under way are read by status; for answered calls, which
 * have no index by status, all calls of the branch are read, the others among them.
 */
function callBranches(caller: Caller, filter: CallFilter, page: PageArgs): Branches {
  const { operations, statuses, startedAfter, startedBefore } = filter;
  const wanted = statuses ? [...new Set(statuses)] : null;
  const readsAll = wanted === null || wanted.includes('ANSWERED');
  return {
    from: Prisma.sql`
      SELECT l.id AS lane_id, operation
      FROM ${matchingLanes(caller, filter)} CROSS JOIN ${enumValues(operations, 'membership_operation')} AS operation`,
    selects: readsAll
      ? [selectBranch(filter, page)]
      : wanted.filter((status) => status !== 'ANSWERED').map((status) => BY_STATUS[status](filter, page)),
    condition: allOf(
      isBetween(Prisma.sql`c.started_at`, startedAfter, startedBefore),
      readsAll ? isOneOf(Prisma.sql`c.status`, wanted, 'call_status') : null,
    ),
  };
}

const IN_BRANCH = allOf(
  asLeadingColumn(Prisma.sql`c.lane_id`, Prisma.sql`branch.lane_id`, Prisma.sql`int`),
  Prisma.sql`c.operation = branch.operation`,
);

function selectBranch(filter: CallFilter, page: PageArgs): LimitedSelect {
  const { order } = directionOf(page);
  return (limit) => Prisma.sql`(
    SELECT c.* FROM call c WHERE ${allOf(IN_BRANCH, idBounds(filter, page))}
    ORDER BY c.lane_id ${order}, c.operation ${order}, c.id ${order}
    LIMIT ${limit})`;
}

const BY_STATUS: Record<
  Exclude<CallStatus, 'ANSWERED'>,
  (filter: CallFilter, page: PageArgs) => LimitedSelect
> = {
  // Literals: a plan for any parameters cannot tell that a partial index holds the status.
  REFUSED: (filter, page) => selectByStatus(Prisma.sql`'{REFUSED}'`, filter, page),
  UNANSWERED: (filter, page) => selectByStatus(Prisma.sql`'{UNANSWERED}'`, filter, page),
  SENT: selectUnderWay,
};

function selectByStatus(statuses: Prisma.Sql, filter: CallFilter, page: PageArgs): LimitedSelect {
  const { order } = directionOf(page);
  return (limit) => Prisma.sql`(
    SELECT c.* FROM call c
    WHERE ${allOf(IN_BRANCH, Prisma.sql`c.status = ANY (${statuses})`, idBounds(filter, page))}
    ORDER BY c.lane_id ${order}, c.operation ${order}, c.status ${order}, c.id ${order}
    LIMIT ${limit})`;
}

/** A lane has few calls under way: they are found first, and then sorted. */
function selectUnderWay(filter: CallFilter, page: PageArgs): LimitedSelect {
  return (limit) => Prisma.sql`(
    SELECT c.* FROM ${unsettledCalls(Prisma.sql`branch.lane_id`)} AS c
    WHERE ${allOf(Prisma.sql`c.operation = branch.operation AND c.status = 'SENT'`, idBounds(filter, page))}
    ORDER BY c.id ${directionOf(page).order}
    LIMIT ${limit})`;
}
