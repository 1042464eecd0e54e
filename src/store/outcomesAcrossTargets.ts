import { Prisma } from '../generated/client.js';
import { type Exception, hasStatus, newestExceptions, type OutcomeRange } from './outcomeRange.js';

/**
 * A subquery for a page of outcomes of some accounts, over all requests: the newest of every account, merged.
 * `isWanted` is a condition on the outcome, named o.
 *
 * `string_to_array` makes one account an array of a length that the planner does not know. It reckons with ten, and
 * with the account first in the order, so that it reads the index in order. With one account of the average length it
 * would read and sort the whole history, also of an account that has been asked for a hundred thousand times.
 */
export function outcomesByAccount(
  accountIds: readonly string[],
  isWanted: Prisma.Sql | null,
  { after, limit, statuses }: OutcomeRange,
): Prisma.Sql {
  return Prisma.sql`
    SELECT o.*
    FROM unnest(${[...accountIds]}::text[]) AS wanted (account_id)
    CROSS JOIN LATERAL (
      SELECT o.* FROM outcome o
      WHERE o.account_id = ANY (string_to_array(wanted.account_id, ','))
        AND o.target_id <= CASE WHEN wanted.account_id < ${after.accountId}
          THEN ${after.targetId}::bigint ELSE ${after.targetId}::bigint - 1 END
        AND ${hasStatus(statuses)} AND COALESCE(${isWanted ?? Prisma.sql`true`}, false)
      ORDER BY o.account_id, o.target_id DESC
      LIMIT ${limit}::int
    ) AS o
    ORDER BY o.target_id DESC, o.account_id DESC
    LIMIT ${limit}::int`;
}

/** A subquery for a page of what went wrong, over all requests: the newest of every status, merged. */
export function outcomesByException(
  statuses: readonly Exception[],
  { after, limit }: OutcomeRange,
): Prisma.Sql {
  const within = Prisma.sql`(o.target_id, o.account_id) < (${after.targetId}::bigint, ${after.accountId})`;
  const lists = statuses.map((status) => newestExceptions(status, within, limit));
  return Prisma.sql`
    SELECT o.* FROM (${Prisma.join(lists, ' UNION ALL ')}) AS o
    ORDER BY o.target_id DESC, o.account_id DESC
    LIMIT ${limit}::int`;
}

/** A subquery for a page of what the call `callId` carried: its newest targets, and the accounts of each. */
export function outcomesByCall(callId: Prisma.Sql, { after, limit }: OutcomeRange): Prisma.Sql {
  return Prisma.sql`
    SELECT o.*
    FROM (
      SELECT s.target_id, carried.account_id
      FROM (
        SELECT s.target_id, s.account_ids FROM send s
        WHERE s.call_id = ${callId} AND s.target_id <= ${after.targetId}::bigint AND cardinality(s.account_ids) > 0
        ORDER BY s.target_id DESC
        LIMIT ${limit + 1}::int
      ) AS s
      CROSS JOIN LATERAL unnest(s.account_ids) AS carried (account_id)
      WHERE (s.target_id, carried.account_id) < (${after.targetId}::bigint, ${after.accountId})
      ORDER BY s.target_id DESC, carried.account_id DESC
      LIMIT ${limit}::int
    ) AS carried
    CROSS JOIN LATERAL (
      SELECT o.* FROM outcome o WHERE o.target_id = carried.target_id AND o.account_id = carried.account_id LIMIT 1
    ) AS o`;
}
