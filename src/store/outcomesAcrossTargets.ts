import { Prisma } from '../generated/client.js';
import type { ReasonCode } from '../membership.js';
import { allOf, leads } from './nearOrFar.js';
import {
  coalesced,
  endedSo,
  type Exception,
  firstExceptions,
  hasStatus,
  isOfOperation,
  type OutcomeRange,
} from './outcomeRange.js';

/**
 * A subquery for a page of outcomes of some accounts, over all requests: the first of every account, merged.
 * `isWanted` is a condition on the outcome, named o.
 *
 * `string_to_array` makes one account an array of a length that the planner does not know. It reckons with ten, and
 * with the account first in the order, so that it reads the index in order. With one account of the average length it
 * would read and sort the whole history, also of an account that has been asked for a hundred thousand times.
 */
export function outcomesByAccount(
  accountIds: readonly string[],
  isWanted: Prisma.Sql | null,
  range: OutcomeRange,
): Prisma.Sql {
  const { bound, limit, statuses, direction } = range;
  const next = direction.isBackward ? Prisma.sql`+ 1` : Prisma.sql`- 1`;
  return Prisma.sql`
    SELECT o.*
    FROM unnest(${[...accountIds]}::text[]) AS wanted (account_id)
    CROSS JOIN LATERAL (
      SELECT o.* FROM outcome o
      WHERE ${allOf(
        Prisma.sql`o.account_id = ANY (string_to_array(wanted.account_id, ','))
          AND o.target_id ${direction.behindOrAt} CASE WHEN wanted.account_id ${direction.behind} ${bound.accountId}
            THEN ${bound.targetId}::bigint ELSE ${bound.targetId}::bigint ${next} END`,
        hasStatus(statuses),
        endedSo(range),
        isWanted && coalesced(isWanted),
        isOfOperation(range),
      )}
      ORDER BY o.account_id ${direction.isBackward ? Prisma.sql`DESC` : Prisma.sql`ASC`}, o.target_id ${direction.order}
      LIMIT ${limit}::int
    ) AS o
    ${firstOf(range)}`;
}

/** A subquery for a page of what went wrong, over all requests: the first of every status, merged. */
export function outcomesByException(statuses: readonly Exception[], range: OutcomeRange): Prisma.Sql {
  const lists = statuses.map((status) => firstExceptions(status, isBehind(range), range));
  return Prisma.sql`
    SELECT o.* FROM (${Prisma.join(lists, ' UNION ALL ')}) AS o
    ${firstOf(range)}`;
}

/**
 * A subquery for a page of what ended for some reasons: the first of every reason and lane, merged. `lanes` is a relation
 * l of lanes, and `within` are bounds of o.target_id.
 */
export function outcomesByReason(
  reasonCodes: readonly ReasonCode[],
  lanes: Prisma.Sql,
  within: Prisma.Sql | null,
  range: OutcomeRange,
): Prisma.Sql {
  const { direction, limit, statuses } = range;
  return Prisma.sql`
    SELECT o.*
    FROM unnest(${[...reasonCodes]}::reason_code[]) AS reason (code)
    CROSS JOIN ${lanes}
    CROSS JOIN LATERAL (
      SELECT o.* FROM outcome o
      WHERE ${allOf(
        leads(Prisma.sql`o.reason_code`, Prisma.sql`reason.code`, Prisma.sql`reason_code`),
        Prisma.sql`o.lane_id = l.id`,
        isBehind(range),
        within,
        hasStatus(statuses),
        endedSo({ ...range, reasonCodes: null }),
        isOfOperation(range),
      )}
      ORDER BY o.reason_code ${direction.order}, o.lane_id ${direction.order}, o.target_id ${direction.order},
        o.account_id ${direction.order}
      LIMIT ${limit}::int
    ) AS o
    ${firstOf(range)}`;
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

function isBehind({ bound, direction }: OutcomeRange): Prisma.Sql {
  return Prisma.sql`(o.target_id, o.account_id) ${direction.behind} (${bound.targetId}::bigint, ${bound.accountId})`;
}

function firstOf({ direction: { order }, limit }: OutcomeRange): Prisma.Sql {
  return Prisma.sql`ORDER BY o.target_id ${order}, o.account_id ${order} LIMIT ${limit}::int`;
}
