import { Prisma } from '../../../generated/client.js';
import type { Caller } from '../../../membership.js';
import type { OutcomeFilter, PageArgs } from '../../../ports/history.js';
import { BEFORE_ALL_ACCOUNTS, PAST_ALL_ACCOUNTS, uuidOrNone } from '../../sql/cursors.js';
import { laneIdCondition, matchingLanes } from '../../sql/grants.js';
import { smallList } from './boundedPage.js';
import { type PageableList, type PagePlan, withClause } from './keysetList.js';
import {
  type Exception,
  followsBound,
  hasTimeBounds,
  isException,
  type OutcomeRange,
  toRange,
} from './outcomeConditions.js';
import { OPEN_TARGET_COLUMNS, openOfTarget, TARGETS_IN_ORDER } from './openOutcomes.js';
import { outcomesByAccount, outcomesByException, outcomesByReason } from './outcomesByIndex.js';
import { accountOutcomesByTarget, allOutcomesByTarget, outcomesByTarget } from './outcomesByTarget.js';
import {
  allTargets,
  KEPT_TARGETS_FROM,
  settledTargetBounds,
  targetPages,
  targetsOfRequest,
} from './targetPages.js';

const NO_OUTCOME = Prisma.sql`SELECT * FROM outcome WHERE false`;

/**
 * Outcomes, the newest first, from the index that reads least: by the targets of the request, by account, by reason, by
 * status of a failure, or else by the targets that may have matching outcomes.
 */
export function outcomePages(caller: Caller, filter: OutcomeFilter, page: PageArgs): PageableList {
  const range = toRange(filter, page);
  if (range.statuses?.length === 0) {
    return smallList(NO_OUTCOME);
  }
  if (filter.requestId != null) {
    return outcomesOfRequest(filter.requestId, caller, filter, range);
  }
  const laneId = laneIdCondition(caller, filter, Prisma.sql`o.lane_id`);
  if (filter.accountIds != null) {
    return outcomesByAccount([...new Set(filter.accountIds)], laneId, range);
  }
  if (range.reasonCodes !== null) {
    const inBounds = settledTargetBounds(Prisma.sql`o.target_id`, caller, filter, range);
    return outcomesByReason(range.reasonCodes, matchingLanes(caller, filter), inBounds, range);
  }
  const exceptions = onlyExceptions(range);
  const isNarrowed = laneId !== null || range.operations !== null || hasTimeBounds(range);
  if (exceptions !== null && !isNarrowed) {
    return outcomesByException(exceptions, range);
  }
  const byTarget = outcomesByTarget(targetPages(caller, filter, range), range);
  if (isNarrowed || range.statuses !== null) {
    return byTarget;
  }
  return { planPage: () => planAll(range), planCount: (limits) => byTarget.planCount(limits) };
}

function outcomesOfRequest(
  requestId: string,
  caller: Caller,
  filter: OutcomeFilter,
  range: OutcomeRange,
): PageableList {
  const targets = targetsOfRequest(Prisma.sql`${uuidOrNone(requestId)}::uuid`, caller, filter, range);
  if (filter.accountIds != null) {
    return smallList(accountOutcomesByTarget(targets, [...new Set(filter.accountIds)], range));
  }
  if (range.reasonCodes === null) {
    return outcomesByTarget(smallList(targets), range);
  }
  const lanes = Prisma.sql`(SELECT t.lane_id AS id, t.id AS target_id FROM (${targets}) AS t) AS l`;
  // With `=` the planner could choose the primary key, which has all other outcomes of the target too.
  const inBounds = Prisma.sql`(o.target_id, o.account_id) >= (branch.target_id, ${BEFORE_ALL_ACCOUNTS})
    AND (o.target_id, o.account_id) < (branch.target_id, ${PAST_ALL_ACCOUNTS})`;
  return outcomesByReason(range.reasonCodes, lanes, inBounds, range);
}

/** The statuses of the range if all are statuses of failures; otherwise null. */
function onlyExceptions({ statuses }: OutcomeRange): readonly Exception[] | null {
  return statuses?.every(isException) === true ? statuses : null;
}

/** A page without conditions, by primary key, and with open outcomes. */
function planAll(range: OutcomeRange): PagePlan {
  const { order } = range.direction;
  const inOrder = Prisma.sql`ORDER BY o.target_id ${order}, o.account_id ${order} LIMIT ${range.limit}::int`;
  const rows = Prisma.sql`
    SELECT o.* FROM (
      (
        SELECT o.* FROM outcome o
        WHERE ${followsBound(range)} AND o.target_id >= ${KEPT_TARGETS_FROM}
        ${inOrder}
      )
      UNION ALL
      (${openOutcomes(range)})
    ) AS o
    ${inOrder}`;
  return { ctes: [], rows, pageEnd: null };
}

/**
 * A subquery for the first open outcomes of a page without conditions, target by target: of the targets that hand out accounts
 * in order, those with a call that is not settled, and those of the first queued accounts.
 */
function openOutcomes(range: OutcomeRange): Prisma.Sql {
  const { bound, direction, limit } = range;
  const { followsOrEquals, isBackward, order } = direction;
  const beginning = isBackward ? BEFORE_ALL_ACCOUNTS : PAST_ALL_ACCOUNTS;
  return Prisma.sql`
    SELECT o.*
    FROM (
      SELECT ${OPEN_TARGET_COLUMNS}, CASE WHEN t.id = ${bound.targetId}::bigint THEN ${bound.accountId} ELSE ${beginning} END AS start
      FROM (
        SELECT id FROM ${TARGETS_IN_ORDER} AS t
        UNION
        SELECT s.target_id FROM (SELECT id FROM call WHERE settled_at IS NULL OFFSET 0) AS c
        CROSS JOIN LATERAL (SELECT target_id FROM send WHERE call_id = c.id OFFSET 0) AS s
        UNION
        (
          SELECT o.target_id FROM queued_account o WHERE ${followsBound(range)}
          ORDER BY o.target_id ${order}, o.account_id ${order} LIMIT ${limit}::int
        )
      ) AS open
      CROSS JOIN LATERAL (SELECT * FROM target WHERE id = open.id LIMIT 1) AS t
      WHERE open.id ${followsOrEquals} ${bound.targetId}::bigint
      ORDER BY open.id ${order}
      LIMIT ${limit + 1}::int
    ) AS t
    CROSS JOIN LATERAL (
      SELECT o.* FROM (${openOfTarget(range)}) AS o
      ORDER BY o.account_id ${order}
      LIMIT ${limit}::int
    ) AS o
    LIMIT ${limit}::int`;
}

/** More rows than the table can have. */
const NO_LIMIT = 2_000_000_000;

const UNLIMITED = {
  beforeMerge: NO_LIMIT,
  scan: NO_LIMIT,
  merge: NO_LIMIT,
  perBranch: NO_LIMIT,
  count: NO_LIMIT,
};

/**
 * A subquery for all outcomes, the newest first, to be read through a cursor. The first rows come at once: only the outcomes of
 * one target are sorted at a time, or those of some accounts.
 *
 * @param targetColumns further columns of the target t and its lane l.
 */
export function allOutcomes(
  caller: Caller,
  filter: OutcomeFilter,
  targetColumns: readonly Prisma.Sql[],
): Prisma.Sql {
  const page = { first: NO_LIMIT, after: null };
  const range = toRange(filter, page);
  if (filter.accountIds != null || range.statuses?.length === 0) {
    const { order } = range.direction;
    const { ctes, rows } = outcomePages(caller, filter, page).planCount(UNLIMITED);
    return Prisma.sql`
      ${withClause(ctes)} SELECT o.*, ${Prisma.join(targetColumns)}
      FROM (${rows}) AS o JOIN target t ON t.id = o.target_id JOIN lane l ON l.id = t.lane_id
      ORDER BY o.target_id ${order}, o.account_id ${order}`;
  }
  const targets =
    filter.requestId == null
      ? allTargets(caller, filter, range)
      : targetsOfRequest(Prisma.sql`${uuidOrNone(filter.requestId)}::uuid`, caller, filter, range);
  return allOutcomesByTarget(targets, range, targetColumns);
}
