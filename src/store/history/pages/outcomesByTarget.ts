import { Prisma } from '../../../generated/client.js';
import type { OutcomeStatus } from '../../../membership.js';
import { allOf, coalesced } from '../../sql/plannerHints.js';
import { BEFORE_ALL_ACCOUNTS, PAST_ALL_ACCOUNTS } from '../../sql/cursors.js';
import {
  endedSo,
  firstExceptions,
  hasStatus,
  isException,
  type OutcomeConditions,
  type OutcomeRange,
} from './outcomeRange.js';
import { isBetween } from '../../sql/timeBounds.js';
import type { Source, Walk, WalkLimits } from './boundedPage.js';

const COUNTS: Record<OutcomeStatus, Prisma.Sql> = {
  PENDING: Prisma.sql`t.pending`,
  IN_FLIGHT: Prisma.sql`t.in_flight`,
  PROCESSED: Prisma.sql`t.processed`,
  UNPROCESSED: Prisma.sql`t.unprocessed`,
  FAILED: Prisma.sql`t.failed`,
  CANCELED: Prisma.sql`t.canceled`,
};

/** Cursors at which nothing of their target is left to read, forward and backward. */
const LAST_ACCOUNT = '000000000000';
const FIRST_ACCOUNT = '999999999999';

/**
 * Outcomes target by target. `targets` are those that may have rows for the page, in the order in which they are read, as
 * many as fill it if each gives one.
 *
 * Where everything that narrows the page is in an index of outcomes, it ends when it is full. Else the outcomes of the
 * targets are looked through one by one, and no further than a page may.
 */
export function outcomesByTarget(targets: Source, range: OutcomeRange): Source {
  return {
    page(limits) {
      const walk = targets.page(limits);
      const found = Prisma.sql`SELECT * FROM target_wanted`;
      const ctes = [...walk.ctes, Prisma.sql`target_wanted AS MATERIALIZED (${walk.rows})`];
      return lookThroughTargets({ ...walk, ctes, rows: found }, range, limits);
    },
    all(limits) {
      const { ctes, rows, isCut } = targets.all(limits);
      const looked = outcomesInOrder(rows, range, limits.counted);
      return {
        ctes: [...ctes, Prisma.sql`outcome_looked AS MATERIALIZED (${looked})`],
        rows: Prisma.sql`SELECT * FROM outcome_looked AS o WHERE ${coalesced(restOf(range) ?? Prisma.sql`true`)}`,
        isCut: Prisma.sql`(${isCut} OR EXISTS (SELECT FROM outcome_looked OFFSET ${limits.counted - 1}::int))`,
      };
    },
  };
}

/** All outcomes of the targets of a subquery that are in the range, target by target, with nothing sorted but single ones. */
export function allByTarget(targets: Prisma.Sql, range: OutcomeRange): Prisma.Sql {
  return Prisma.sql`
    SELECT o.* FROM (${outcomesInOrder(targets, range, range.limit)}) AS o WHERE ${coalesced(restOf(range) ?? Prisma.sql`true`)}`;
}

function lookThroughTargets(targets: Walk, range: OutcomeRange, { alone }: WalkLimits): Walk {
  const { direction, limit } = range;
  const rest = restOf(range);
  const most = rest === null ? limit : Math.max(alone, 2 * limit);
  const ctes = [
    ...targets.ctes,
    Prisma.sql`outcome_looked AS MATERIALIZED (${outcomesInOrder(targets.rows, range, most)})`,
    Prisma.sql`outcome_found AS MATERIALIZED (
      SELECT * FROM outcome_looked AS o WHERE ${coalesced(rest ?? Prisma.sql`true`)} LIMIT ${limit}::int)`,
  ];
  const isShort = Prisma.sql`(SELECT count(*) FROM outcome_found) < ${limit}::int`;
  const ends = [];
  if (rest !== null) {
    ends.push(Prisma.sql`(SELECT target_id, account_id FROM outcome_looked OFFSET ${most - 1}::int LIMIT 1)`);
  }
  if (targets.edge !== null) {
    const account = direction.isBackward ? FIRST_ACCOUNT : LAST_ACCOUNT;
    // As many targets as a page wants, and it is not full: the last of them; else the last that was looked at.
    ends.push(Prisma.sql`(
      SELECT id, ${account} FROM (SELECT id FROM (${targets.rows}) AS t ORDER BY id ${direction.order}) AS t
      OFFSET ${limit}::int LIMIT 1)`);
    ends.push(Prisma.sql`(SELECT id, ${account} FROM (${targets.edge}) AS t)`);
  }
  const edge =
    ends.length === 0
      ? null
      : Prisma.sql`SELECT * FROM (${Prisma.join(ends, ' UNION ALL ')}) AS ends (target_id, account_id) WHERE ${isShort} LIMIT 1`;
  return { ctes, rows: Prisma.sql`SELECT * FROM outcome_found`, edge };
}

/** As `outcomesByTarget`, for some accounts: every target is looked into, and at most `limit` rows are read of each. */
export function accountOutcomesByTarget(
  targets: Prisma.Sql,
  accountIds: readonly string[],
  range: OutcomeRange,
): Prisma.Sql {
  const { limit, statuses, direction } = range;
  const ended = endedSo(range);
  return Prisma.sql`
    SELECT o.*
    FROM (SELECT id, ${edgeOf(range)} AS edge FROM (${targets}) AS target_of_page) AS t
    CROSS JOIN LATERAL (
      SELECT o.* FROM outcome o
      WHERE ${allOf(
        Prisma.sql`o.target_id = t.id AND o.account_id = ANY (${[...accountIds]}::text[])`,
        Prisma.sql`o.account_id ${direction.behind} t.edge`,
        hasStatus(statuses),
        ended && coalesced(ended),
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
function countOf(statuses: readonly OutcomeStatus[] | null): Prisma.Sql {
  if (statuses === null) {
    return Prisma.sql`t.total`;
  }
  if (statuses.length === 0) {
    return Prisma.sql`0`;
  }
  return Prisma.sql`(${Prisma.join(
    statuses.map((status) => COUNTS[status]),
    ' + ',
  )})`;
}

/**
 * The first `most` outcomes of the targets of a subquery, in their order: of a target that has no others with the statuses,
 * the exceptions; else all. No ORDER BY for the whole: a loop over the targets keeps their order, and reads no target before it comes to it.
 */
function outcomesInOrder(targets: Prisma.Sql, range: OutcomeRange, most: number): Prisma.Sql {
  const { order } = range.direction;
  return Prisma.sql`
    SELECT o.*
    FROM (SELECT id, ${edgeOf(range)} AS edge, ${countOf(unindexedOf(range))} AS unindexed
      FROM (${targets}) AS t ORDER BY id ${order}) AS t
    CROSS JOIN LATERAL (${firstOfTarget(range, Prisma.sql`${most}::int`)}) AS o
    LIMIT ${most}::int`;
}

/** What outcomes in the range have to fulfil besides being among those of `firstOfTarget`; null: nothing. */
function restOf(range: OutcomeRange): Prisma.Sql | null {
  return allOf(isByException(range) ? null : hasStatus(range.statuses), endedSo(range));
}

function isByException({ statuses }: OutcomeRange): boolean {
  return statuses?.every(isException) ?? false;
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
function firstOfTarget(range: OutcomeRange, most: Prisma.Sql): Prisma.Sql {
  const { statuses, direction } = range;
  const { behind, isBackward, order } = direction;
  const within = allOf(
    Prisma.sql`(o.target_id, o.account_id) ${behind} (t.id, t.edge)`,
    isBackward
      ? Prisma.sql`(o.target_id, o.account_id) < (t.id, ${PAST_ALL_ACCOUNTS})`
      : Prisma.sql`(o.target_id, o.account_id) >= (t.id, ${BEFORE_ALL_ACCOUNTS})`,
  );
  const inOrder = Prisma.sql`ORDER BY o.target_id ${order}, o.account_id ${order}`;
  const all = (condition: Prisma.Sql) => Prisma.sql`(
    SELECT o.* FROM outcome o WHERE ${condition} ${inOrder} LIMIT ${most})`;
  const exceptions = statuses?.filter(isException) ?? [];
  if (statuses === null || exceptions.length === 0) {
    return all(within);
  }
  // Where nothing else is asked of them, those of one status that fill the page are enough.
  const fromEach = endedSo(range) === null ? Prisma.sql`${range.limit}::int` : most;
  const lists = exceptions.map((status) =>
    firstExceptions(status, allOf(within, Prisma.sql`t.unindexed = 0`), direction, fromEach),
  );
  const merged = Prisma.sql`(SELECT o.* FROM (${Prisma.join(lists, ' UNION ALL ')}) AS o ${inOrder})`;
  const [only, ...others] = lists;
  const found = only !== undefined && others.length === 0 ? only : merged;
  if (isByException(range)) {
    return found;
  }
  // One of the two is empty, so that nothing is to be merged.
  return Prisma.sql`${found} UNION ALL ${all(allOf(within, Prisma.sql`t.unindexed > 0`))}`;
}

/** The statuses that no index of outcomes is by. */
function unindexedOf({ statuses }: OutcomeRange): readonly OutcomeStatus[] | null {
  return statuses?.filter((status) => !isException(status)) ?? null;
}
