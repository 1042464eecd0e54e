import { Prisma } from '../generated/client.js';
import type { OutcomeStatus } from '../membership.js';
import { BEFORE_ALL_ACCOUNTS, PAST_ALL_ACCOUNTS } from './cursors.js';
import { allOf } from './nearOrFar.js';
import {
  endedSo,
  firstExceptions,
  hasStatus,
  isException,
  isTimed,
  type OutcomeConditions,
  type OutcomeRange,
} from './outcomeRange.js';
import { isBetween } from './timeBounds.js';

const COUNTS: Record<OutcomeStatus, Prisma.Sql> = {
  PENDING: Prisma.sql`t.pending`,
  IN_FLIGHT: Prisma.sql`t.in_flight`,
  PROCESSED: Prisma.sql`t.processed`,
  UNPROCESSED: Prisma.sql`t.unprocessed`,
  FAILED: Prisma.sql`t.failed`,
  CANCELED: Prisma.sql`t.canceled`,
};

/**
 * A subquery for a page of outcomes, target by target. `targets` is a subquery with columns of `target`: those that may
 * have rows for the page, in the order in which they are read.
 *
 * When only statuses narrow the page, the counts of a target, which change in one statement with its outcomes, tell how
 * many rows it has, and the walk ends with the target that fills the page, by `ahead`, the rows that targets before it
 * have. Else it ends when the page is full. Within a target a status that is no exception is found by reading on.
 */
export function outcomesByTarget(targets: Prisma.Sql, range: OutcomeRange): Prisma.Sql {
  const { statuses, limit, bound, direction } = range;
  const unindexed = statuses?.filter((status) => !isException(status)) ?? null;
  const isCounted = range.reasonCodes === null && !isTimed(range);
  const ahead = Prisma.sql`COALESCE(sum(matching) FILTER (WHERE id <> ${bound.targetId}::bigint)
    OVER (ORDER BY id ${direction.order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)`;
  return Prisma.sql`
    SELECT o.*
    FROM (
      SELECT id, unindexed, ${edgeOf(range)} AS edge, ${isCounted ? ahead : Prisma.sql`0`} AS ahead
      FROM (
        SELECT t.id, ${countOf(statuses)} AS matching, ${countOf(unindexed)} AS unindexed FROM (${targets}) AS t
        ORDER BY t.id ${direction.order}
      ) AS candidate
      ORDER BY id ${direction.order}
    ) AS t
    CROSS JOIN LATERAL (${firstOfTarget(range, unindexed)}) AS o
    WHERE t.ahead < ${limit}::int
    ORDER BY t.id ${direction.order}, o.account_id ${direction.order}
    LIMIT ${limit}::int`;
}

/** As `outcomesByTarget`, for some accounts: every target is looked into, and at most `limit` rows are read of each. */
export function accountOutcomesByTarget(
  targets: Prisma.Sql,
  accountIds: readonly string[],
  range: OutcomeRange,
): Prisma.Sql {
  const { limit, statuses, direction } = range;
  return Prisma.sql`
    SELECT o.*
    FROM (SELECT id, ${edgeOf(range)} AS edge FROM (${targets}) AS target_of_page) AS t
    CROSS JOIN LATERAL (
      SELECT o.* FROM outcome o
      WHERE ${allOf(
        Prisma.sql`o.target_id = t.id AND o.account_id = ANY (${[...accountIds]}::text[])`,
        Prisma.sql`o.account_id ${direction.behind} t.edge`,
        hasStatus(statuses),
        endedSo(range),
      )}
      ORDER BY o.account_id ${direction.order}
      LIMIT ${limit}::int
    ) AS o
    ORDER BY o.target_id ${direction.order}, o.account_id ${direction.order}
    LIMIT ${limit}::int`;
}

/** The condition that the target t may have outcomes for the range: its counts, its operation and its times tell. */
export function mayHave({
  statuses,
  operations,
  settledAfter,
  settledBefore,
}: OutcomeConditions): Prisma.Sql {
  return allOf(
    Prisma.sql`${countOf(statuses)} > 0 AND t.erased_at IS NULL`,
    operations && Prisma.sql`t.operation = ANY (${[...operations]}::membership_operation[])`,
    isBetween(Prisma.sql`t.last_settled_at`, settledAfter, null),
    isBetween(Prisma.sql`t.first_settled_at`, null, settledBefore),
  );
}

/** The number of outcomes of the target t that have one of the statuses. */
export function countOf(statuses: readonly OutcomeStatus[] | null): Prisma.Sql {
  if (statuses === null) return Prisma.sql`t.total`;
  if (statuses.length === 0) return Prisma.sql`0`;
  return Prisma.sql`(${Prisma.join(
    statuses.map((status) => COUNTS[status]),
    ' + ',
  )})`;
}

// The account behind which a target's part of the page begins: before all, but in the target where the last page ended.
function edgeOf({ bound, direction }: OutcomeRange): Prisma.Sql {
  const beginning = direction.isBackward ? BEFORE_ALL_ACCOUNTS : PAST_ALL_ACCOUNTS;
  return Prisma.sql`CASE WHEN id = ${bound.targetId}::bigint THEN ${bound.accountId} ELSE ${beginning} END`;
}

/**
 * The first of the target t behind `t.edge`. Two comparisons of rows in place of `target_id = t.id` make the same
 * range of the index, and the planner, which takes each for a third of the table, never thinks the range so short
 * that it could be read whole and sorted.
 */
function firstOfTarget(range: OutcomeRange, unindexed: readonly OutcomeStatus[] | null): Prisma.Sql {
  const { statuses, limit, direction } = range;
  const { behind, isBackward, order } = direction;
  const within = allOf(
    Prisma.sql`(o.target_id, o.account_id) ${behind} (t.id, t.edge)`,
    isBackward
      ? Prisma.sql`(o.target_id, o.account_id) < (t.id, ${PAST_ALL_ACCOUNTS})`
      : Prisma.sql`(o.target_id, o.account_id) >= (t.id, ${BEFORE_ALL_ACCOUNTS})`,
    endedSo(range),
  );
  const lists = statuses?.filter(isException).map((status) => firstExceptions(status, within, range)) ?? [];
  if (unindexed === null || unindexed.length > 0 || lists.length === 0) {
    lists.push(Prisma.sql`(
      SELECT o.* FROM outcome o
      WHERE ${allOf(within, Prisma.sql`t.unindexed > 0`, hasStatus(unindexed))}
      ORDER BY o.target_id ${order}, o.account_id ${order}
      LIMIT ${limit}::int)`);
  }
  return Prisma.join(lists, ' UNION ALL ');
}
