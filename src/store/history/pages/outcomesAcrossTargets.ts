import { Prisma } from '../../../generated/client.js';
import type { ReasonCode } from '../../../membership.js';
import { allOf, leads } from '../../sql/plannerHints.js';
import {
  endedSo,
  type Exception,
  firstExceptions,
  hasStatus,
  isOfOperation,
  type OutcomeRange,
} from './outcomeRange.js';
import { type Branches, type List, sourceOf, type Source } from './boundedPage.js';

/**
 * Outcomes of some accounts, over all requests: the first of every account, merged. `isWanted` is a condition on the
 * outcome, named o.
 *
 * `string_to_array` makes one account an array of a length that the planner does not know. It reckons with ten, and
 * with the account first in the order, so that it reads the index in order. With one account of the average length it
 * would read and sort the whole history, also of an account that has been asked for a hundred thousand times. Nor does it
 * know the limit, and so expects not to read all it reckons with.
 */
export function outcomesByAccount(
  accountIds: readonly string[],
  isWanted: Prisma.Sql | null,
  range: OutcomeRange,
): Source {
  const { bound, statuses, direction } = range;
  const { behind, behindOrAt, isBackward, order } = direction;
  const next = isBackward ? Prisma.sql`+ 1` : Prisma.sql`- 1`;
  const first = (account: Prisma.Sql) => (most: Prisma.Sql) => Prisma.sql`(
    SELECT o.* FROM outcome o
    WHERE o.account_id = ANY (string_to_array(${account}, ','))
      AND o.target_id ${behindOrAt} CASE WHEN ${account} ${behind} ${bound.accountId}
        THEN ${bound.targetId}::bigint ELSE ${bound.targetId}::bigint ${next} END
    ORDER BY o.account_id ${isBackward ? Prisma.sql`DESC` : Prisma.sql`ASC`}, o.target_id ${order}
    LIMIT (SELECT ${most}))`;
  const condition = allOf(hasStatus(statuses), endedSo(range), isWanted, isOfOperation(range));
  const [only, ...others] = accountIds;
  // One account has one list, which is read no further than the page goes.
  if (only !== undefined && others.length === 0) {
    return sourceOf({
      ...listOf(range),
      source: first(Prisma.sql`${only}::text`),
      condition,
      branches: null,
    });
  }
  const from = Prisma.sql`SELECT account_id FROM unnest(${[...accountIds]}::text[]) AS wanted (account_id)`;
  const branches = { from, lists: [first(Prisma.sql`branch.account_id`)], condition };
  return sourceOf({ ...listOf(range), source: null, condition: null, branches });
}

/** What went wrong, over all requests: the first of every status, merged. */
export function outcomesByException(statuses: readonly Exception[], range: OutcomeRange): Source {
  const branches: Branches = {
    from: Prisma.sql`SELECT 1`,
    lists: statuses.map(
      (status) => (most) => firstExceptions(status, isBehind(range), range.direction, most),
    ),
    condition: null,
  };
  return sourceOf({ ...listOf(range), source: null, condition: null, branches });
}

/**
 * What ended for some reasons: the first of every reason and lane, merged. `lanes` is a relation l of lanes, and `within`
 * are bounds of o.target_id, by the columns of l as columns of `branch`.
 */
export function outcomesByReason(
  reasonCodes: readonly ReasonCode[],
  lanes: Prisma.Sql,
  within: Prisma.Sql | null,
  range: OutcomeRange,
): Source {
  const { direction, statuses } = range;
  const { order } = direction;
  const inLane = allOf(
    leads(Prisma.sql`o.reason_code`, Prisma.sql`branch.reason_code`, Prisma.sql`reason_code`),
    Prisma.sql`o.lane_id = branch.id`,
    isBehind(range),
    within,
  );
  const branches: Branches = {
    from: Prisma.sql`SELECT reason_code, l.* FROM unnest(${[...reasonCodes]}::reason_code[]) AS reason_code CROSS JOIN ${lanes}`,
    lists: [
      (most) => Prisma.sql`(
        SELECT o.* FROM outcome o
        WHERE ${inLane}
        ORDER BY o.reason_code ${order}, o.lane_id ${order}, o.target_id ${order}, o.account_id ${order}
        LIMIT ${most})`,
    ],
    condition: allOf(hasStatus(statuses), endedSo({ ...range, reasonCodes: null }), isOfOperation(range)),
  };
  return sourceOf({ ...listOf(range), source: null, condition: null, branches });
}

/** A subquery for a page, read forward, of what the call `callId` carried: its newest targets, and the accounts of each. */
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
    CROSS JOIN LATERAL (
      SELECT o.* FROM outcome o WHERE o.target_id = carried.target_id AND o.account_id = carried.account_id LIMIT 1
    ) AS o`;
}

function listOf({ direction, limit }: OutcomeRange): List {
  return {
    name: 'outcome',
    alias: Prisma.sql`o`,
    keys: ['target_id', 'account_id'],
    direction,
    limit,
  };
}

function isBehind({ bound, direction }: OutcomeRange): Prisma.Sql {
  return Prisma.sql`(o.target_id, o.account_id) ${direction.behind} (${bound.targetId}::bigint, ${bound.accountId})`;
}
