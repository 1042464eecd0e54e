import { Prisma } from '../../../generated/client.js';
import type { ReasonCode } from '../../../membership.js';
import { allOf, asLeadingColumn } from '../../sql/plannerHints.js';
import { mergedList, orderedList } from './boundedPage.js';
import { openOfAccount } from './openOutcomes.js';
import { oneOutcome } from './oneOutcome.js';
import type { Branches, KeysetList, PageableList } from './keysetList.js';
import {
  endedCondition,
  type Exception,
  followsBound,
  mayBeOpen,
  operationCondition,
  type OutcomeRange,
  selectExceptions,
  statusCondition,
} from './outcomeConditions.js';

/**
 * Outcomes of some accounts, in all requests: one branch for each account.
 *
 * `string_to_array` makes an array of one account, but the planner does not know its length. It assumes ten accounts, and so
 * reads the index in order, since the account is first in that order. For one account with an average number of outcomes it
 * would read and sort the whole history, also of an account with 100,000 outcomes. The limit is unknown too: the planner
 * expects to read only a part.
 *
 * @param laneId a condition on the outcome o.
 */
export function outcomesByAccount(
  accountIds: readonly string[],
  laneId: Prisma.Sql | null,
  range: OutcomeRange,
): PageableList {
  const { bound, direction } = range;
  const { follows, followsOrEquals, isBackward, order } = direction;
  const next = isBackward ? Prisma.sql`+ 1` : Prisma.sql`- 1`;
  const tail = (account: Prisma.Sql, limit: Prisma.Sql): Prisma.Sql => Prisma.sql`
    o.target_id ${followsOrEquals} CASE WHEN ${account} ${follows} ${bound.accountId}
      THEN ${bound.targetId}::bigint ELSE ${bound.targetId}::bigint ${next} END
    ORDER BY o.account_id ${isBackward ? Prisma.sql`DESC` : Prisma.sql`ASC`}, o.target_id ${order}
    LIMIT (SELECT ${limit})`;
  const selectEnded = (account: Prisma.Sql, limit: Prisma.Sql): Prisma.Sql => Prisma.sql`(
    SELECT o.* FROM outcome o
    WHERE o.account_id = ANY (string_to_array(${account}, ',')) AND ${tail(account, limit)})`;
  const selectAll = (account: Prisma.Sql, limit: Prisma.Sql): Prisma.Sql => Prisma.sql`(
    SELECT o.* FROM (
      SELECT * FROM ${selectEnded(account, limit)} AS ended
      UNION ALL
      SELECT * FROM (${openOfAccount(account, tail(account, limit))}) AS open
    ) AS o
    WHERE ${tail(account, limit)})`;
  const select = mayBeOpen(range) ? selectAll : selectEnded;
  const selectOf = (account: Prisma.Sql) => (limit: Prisma.Sql) => select(account, limit);
  const condition = allOf(statusCondition(range), endedCondition(range), laneId, operationCondition(range));
  const [only, ...others] = accountIds;
  // The index has the outcomes of one account in the order of the list.
  if (only !== undefined && others.length === 0) {
    const source = selectOf(Prisma.sql`${only}::text`);
    return orderedList({ ...outcomeList(range), source, condition, branches: null });
  }
  return mergedList(outcomeList(range), {
    from: Prisma.sql`SELECT account_id FROM unnest(${[...accountIds]}::text[]) AS wanted (account_id)`,
    selects: [selectOf(Prisma.sql`branch.account_id`)],
    condition,
  });
}

/** Outcomes with some statuses of failures, in all requests: one range of the index of failures for each status. */
export function outcomesByException(statuses: readonly Exception[], range: OutcomeRange): PageableList {
  return mergedList(outcomeList(range), {
    from: Prisma.sql`SELECT 1`,
    selects: statuses.map(
      (status) => (limit) => selectExceptions(status, followsBound(range), range.direction, limit),
    ),
    condition: null,
  });
}

/**
 * Outcomes with some reasons: one branch for each reason and lane.
 *
 * @param lanes a relation l of lanes, with a column id.
 * @param inBounds bounds of o.target_id; columns of l are columns of `branch` there.
 */
export function outcomesByReason(
  reasonCodes: readonly ReasonCode[],
  lanes: Prisma.Sql,
  inBounds: Prisma.Sql | null,
  range: OutcomeRange,
): PageableList {
  const { order } = range.direction;
  const inBranch = allOf(
    asLeadingColumn(Prisma.sql`o.reason_code`, Prisma.sql`branch.reason_code`, Prisma.sql`reason_code`),
    Prisma.sql`o.lane_id = branch.id`,
    followsBound(range),
    inBounds,
  );
  const branches: Branches = {
    from: Prisma.sql`SELECT reason_code, l.* FROM unnest(${[...reasonCodes]}::reason_code[]) AS reason_code CROSS JOIN ${lanes}`,
    selects: [
      (limit) => Prisma.sql`(
        SELECT o.* FROM outcome o
        WHERE ${inBranch}
        ORDER BY o.reason_code ${order}, o.lane_id ${order}, o.target_id ${order}, o.account_id ${order}
        LIMIT ${limit})`,
    ],
    condition: allOf(
      statusCondition(range),
      endedCondition({ ...range, reasonCodes: null }),
      operationCondition(range),
    ),
  };
  return mergedList(outcomeList(range), branches);
}

/** A subquery for a page, read forward, of the outcomes of one call: of its newest targets, and of each the last accounts. */
export function outcomesByCall(callId: Prisma.Sql, { bound, limit }: OutcomeRange): Prisma.Sql {
  return Prisma.sql`
    SELECT o.*
    FROM (
      SELECT s.target_id, carried.account_id
      FROM (
        SELECT s.target_id, s.account_ids FROM send s
        WHERE s.call_id = ${callId} AND s.target_id <= ${bound.targetId}::bigint AND cardinality(s.account_ids) > 0
        ORDER BY s.target_id DESC
        LIMIT ${limit + 1}::int
      ) AS s
      CROSS JOIN LATERAL unnest(s.account_ids) AS carried (account_id)
      WHERE (s.target_id, carried.account_id) < (${bound.targetId}::bigint, ${bound.accountId})
      ORDER BY s.target_id DESC, carried.account_id DESC
      LIMIT ${limit}::int
    ) AS carried
    CROSS JOIN LATERAL ${oneOutcome(Prisma.sql`carried.target_id`, Prisma.sql`carried.account_id`)} AS o`;
}

function outcomeList({ direction, limit }: OutcomeRange): KeysetList {
  return {
    name: 'outcome',
    alias: Prisma.sql`o`,
    keys: ['target_id', 'account_id'],
    direction,
    limit,
  };
}
