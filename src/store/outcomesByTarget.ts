import { Prisma } from '../generated/client.js';
import type { OutcomeStatus } from '../membership.js';
import { PAST_ALL_ACCOUNTS } from './cursors.js';
import { hasStatus, isException, newestExceptions, type OutcomeRange } from './outcomeRange.js';

const COUNTS: Record<OutcomeStatus, Prisma.Sql> = {
  PENDING: Prisma.sql`t.pending`,
  IN_FLIGHT: Prisma.sql`t.in_flight`,
  PROCESSED: Prisma.sql`t.processed`,
  UNPROCESSED: Prisma.sql`t.unprocessed`,
  FAILED: Prisma.sql`t.failed`,
  CANCELED: Prisma.sql`t.canceled`,
};

/**
 * A subquery for a page of outcomes, target by target from the newest back. `targets` is a relation with the columns
 * of `target`, named t in the condition `isWanted`.
 *
 * The counts of a target, which change in one statement with its outcomes, tell which targets have rows for the page:
 * the others are passed over whole, and the walk ends with the target that fills the page, by `ahead`, the rows that
 * newer targets have. Within a target a status that is no exception is found by reading on until the page is full.
 */
export function outcomesByTarget(
  targets: Prisma.Sql,
  isWanted: Prisma.Sql | null,
  { after, limit, statuses }: OutcomeRange,
): Prisma.Sql {
  const unindexed = statuses?.filter((status) => !isException(status)) ?? null;
  return Prisma.sql`
    SELECT o.*
    FROM (
      SELECT id, unindexed, ${below(Prisma.sql`id`, after)} AS below,
        COALESCE(sum(matching) FILTER (WHERE id < ${after.targetId}::bigint)
          OVER (ORDER BY id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS ahead
      FROM (
        SELECT t.id, ${countOf(statuses)} AS matching, ${countOf(unindexed)} AS unindexed
        FROM ${targets} AS t
        WHERE t.id <= ${after.targetId}::bigint AND ${countOf(statuses)} > 0 AND ${isWanted ?? Prisma.sql`true`}
        ORDER BY t.id DESC
        LIMIT ${limit + 1}::int
      ) AS candidate
    ) AS t
    CROSS JOIN LATERAL (${newestOfTarget(statuses, unindexed, limit)}) AS o
    WHERE t.ahead < ${limit}::int
    ORDER BY o.target_id DESC, o.account_id DESC
    LIMIT ${limit}::int`;
}

/** As `outcomesByTarget`, for some accounts: every target is looked into, and at most `limit` rows are read of each. */
export function accountOutcomesByTarget(
  targets: Prisma.Sql,
  isWanted: Prisma.Sql | null,
  accountIds: readonly string[],
  { after, limit, statuses }: OutcomeRange,
): Prisma.Sql {
  return Prisma.sql`
    SELECT o.*
    FROM ${targets} AS t
    CROSS JOIN LATERAL (
      SELECT o.* FROM outcome o
      WHERE o.target_id = t.id AND o.account_id = ANY (${[...accountIds]}::text[])
        AND o.account_id < ${below(Prisma.sql`t.id`, after)} AND ${hasStatus(statuses)}
      ORDER BY o.account_id DESC
      LIMIT ${limit}::int
    ) AS o
    WHERE t.id <= ${after.targetId}::bigint AND ${isWanted ?? Prisma.sql`true`}
    ORDER BY o.target_id DESC, o.account_id DESC
    LIMIT ${limit}::int`;
}

// The account before which a target's part of the page begins: all, but in the target where the last page ended.
function below(targetId: Prisma.Sql, after: OutcomeRange['after']): Prisma.Sql {
  return Prisma.sql`CASE WHEN ${targetId} = ${after.targetId}::bigint THEN ${after.accountId} ELSE ${PAST_ALL_ACCOUNTS} END`;
}

function countOf(statuses: readonly OutcomeStatus[] | null): Prisma.Sql {
  if (statuses === null) return Prisma.sql`t.total`;
  if (statuses.length === 0) return Prisma.sql`0`;
  return Prisma.sql`(${Prisma.join(
    statuses.map((status) => COUNTS[status]),
    ' + ',
  )})`;
}

/**
 * The newest of the target t below `t.below`. Two comparisons of rows in place of `target_id = t.id` make the same
 * range of the index, and the planner, which takes each for a third of the table, never thinks the range so short
 * that it could be read whole and sorted.
 */
function newestOfTarget(
  statuses: readonly OutcomeStatus[] | null,
  unindexed: readonly OutcomeStatus[] | null,
  limit: number,
): Prisma.Sql {
  const within = Prisma.sql`(o.target_id, o.account_id) < (t.id, t.below) AND (o.target_id, o.account_id) >= (t.id, '')`;
  const lists = statuses?.filter(isException).map((status) => newestExceptions(status, within, limit)) ?? [];
  if (unindexed === null || unindexed.length > 0 || lists.length === 0) {
    lists.push(Prisma.sql`(
      SELECT o.* FROM outcome o
      WHERE ${within} AND t.unindexed > 0 AND ${hasStatus(unindexed)}
      ORDER BY o.target_id DESC, o.account_id DESC
      LIMIT ${limit}::int)`);
  }
  return Prisma.join(lists, ' UNION ALL ');
}
