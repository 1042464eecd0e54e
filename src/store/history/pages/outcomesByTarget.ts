import { Prisma } from '../../../generated/client.js';
import type { OutcomeStatus } from '../../../membership.js';
import { allOf, hideSelectivity } from '../../sql/plannerHints.js';
import { BEFORE_ALL_ACCOUNTS, PAST_ALL_ACCOUNTS } from '../../sql/cursors.js';
import { isOneOf } from '../../sql/enums.js';
import { isBetween } from '../../sql/timeBounds.js';
import { OPEN_TARGET_COLUMNS, openOfTarget } from './openOutcomes.js';
import type { PageableList, PagePlan, ScanLimits } from './keysetList.js';
import {
  endedCondition,
  isException,
  mayBeOpen,
  type OutcomeConditions,
  type OutcomeRange,
  selectExceptions,
  statusCondition,
} from './outcomeConditions.js';

/** The column of target that counts the outcomes with each status. */
const COUNTS: Record<OutcomeStatus, Prisma.Sql> = {
  PENDING: Prisma.sql`t.pending`,
  IN_FLIGHT: Prisma.sql`t.in_flight`,
  PROCESSED: Prisma.sql`t.processed`,
  UNPROCESSED: Prisma.sql`t.unprocessed`,
  FAILED: Prisma.sql`t.failed`,
  CANCELED: Prisma.sql`t.canceled`,
};

/** The last account id of a target in each direction: a page that ends there has read the target to its end. */
const LAST_ACCOUNT = { forward: '000000000000', backward: '999999999999' };

/**
 * Outcomes, target by target.
 *
 * If an index holds everything that narrows the page, the page ends when it is full. Otherwise the outcomes of the targets are
 * scanned up to the limit of a page.
 *
 * @param targets the targets that may have rows for the page, in its order: as many as fill the page if each has one row.
 */
export function outcomesByTarget(targets: PageableList, range: OutcomeRange): PageableList {
  return {
    planPage(limits) {
      const plan = targets.planPage(limits);
      const ctes = [...plan.ctes, Prisma.sql`target_rows AS MATERIALIZED (${plan.rows})`];
      return scanTargets({ ...plan, ctes, rows: Prisma.sql`SELECT * FROM target_rows` }, range, limits);
    },
    planCount(limits) {
      const { ctes, rows, isIncomplete } = targets.planCount(limits);
      const scanned = outcomesInOrder(rows, range, limits.count);
      return {
        ctes: [...ctes, Prisma.sql`outcome_scanned AS MATERIALIZED (${scanned})`],
        rows: Prisma.sql`SELECT * FROM outcome_scanned AS o WHERE ${residualFilter(range)}`,
        isIncomplete: Prisma.sql`(${isIncomplete} OR EXISTS (SELECT FROM outcome_scanned OFFSET ${limits.count - 1}::int))`,
      };
    },
  };
}

/**
 * A subquery for all outcomes of some targets, target by target: only the outcomes of one target are sorted at a time.
 *
 * @param targetColumns further columns of the target t and its lane l, which are computed once for all outcomes of a target.
 */
export function allOutcomesByTarget(
  targets: Prisma.Sql,
  range: OutcomeRange,
  targetColumns: readonly Prisma.Sql[],
): Prisma.Sql {
  const scanned = outcomesInOrder(targets, range, range.limit, targetColumns);
  return Prisma.sql`SELECT o.* FROM (${scanned}) AS o WHERE ${residualFilter(range)}`;
}

/** A subquery for a page of some accounts' outcomes in a few targets. All targets are read, of each up to `limit` rows. */
export function accountOutcomesByTarget(
  targets: Prisma.Sql,
  accountIds: readonly string[],
  range: OutcomeRange,
): Prisma.Sql {
  const { limit, direction } = range;
  const ended = endedCondition(range);
  return Prisma.sql`
    SELECT o.*
    FROM (SELECT id, lane_id, ${startAccount(range)} AS start FROM (${targets}) AS target_of_page) AS t
    CROSS JOIN LATERAL (
      SELECT o.* FROM (
        SELECT * FROM outcome WHERE target_id = t.id
        UNION ALL
        SELECT * FROM open_outcome WHERE target_id = t.id AND lane_id::bigint = t.lane_id
      ) AS o
      WHERE ${allOf(
        Prisma.sql`o.account_id = ANY (${[...accountIds]}::text[])`,
        Prisma.sql`o.account_id ${direction.follows} t.start`,
        statusCondition(range),
        ended && hideSelectivity(ended),
      )}
      ORDER BY o.account_id ${direction.order}
      LIMIT ${limit}::int
    ) AS o
    ORDER BY o.target_id ${direction.order}, o.account_id ${direction.order}
    LIMIT ${limit}::int`;
}

/** The condition that the target t may have matching outcomes, from its counts, its operation and its times. */
export function mayHaveOutcomes(conditions: OutcomeConditions): Prisma.Sql {
  const { statuses, operations, settledAfter, settledBefore } = conditions;
  return allOf(
    Prisma.sql`${countOf(statuses)} > 0 AND t.erased_at IS NULL`,
    isOneOf(Prisma.sql`t.operation`, operations, 'membership_operation'),
    isBetween(Prisma.sql`t.last_settled_at`, settledAfter, null),
    isBetween(Prisma.sql`t.first_settled_at`, null, settledBefore),
  );
}

/** Scans the outcomes of the targets of a plan. */
function scanTargets(targets: PagePlan, range: OutcomeRange, limits: ScanLimits): PagePlan {
  const { limit } = range;
  const residual = residualCondition(range);
  const scanLimit = residual === null ? limit : Math.max(limits.scan, 2 * limit);
  const ctes = [
    ...targets.ctes,
    Prisma.sql`outcome_scanned AS MATERIALIZED (${outcomesInOrder(targets.rows, range, scanLimit)})`,
    Prisma.sql`outcome_matching AS MATERIALIZED (
      SELECT * FROM outcome_scanned AS o WHERE ${residualFilter(range)} LIMIT ${limit}::int)`,
  ];
  const ends = targets.pageEnd === null ? [] : targetEnds(targets.rows, targets.pageEnd, range);
  if (residual !== null) {
    ends.unshift(
      Prisma.sql`(SELECT target_id, account_id FROM outcome_scanned OFFSET ${scanLimit - 1}::int LIMIT 1)`,
    );
  }
  const pageEnd =
    ends.length === 0
      ? null
      : Prisma.sql`
          SELECT * FROM (${Prisma.join(ends, ' UNION ALL ')}) AS ends (target_id, account_id)
          WHERE (SELECT count(*) FROM outcome_matching) < ${limit}::int LIMIT 1`;
  return { ctes, rows: Prisma.sql`SELECT * FROM outcome_matching`, pageEnd };
}

/**
 * Where a page ends that has read all its targets: at the last target of a full page of targets, or else at the last target
 * looked at.
 */
function targetEnds(targets: Prisma.Sql, pageEnd: Prisma.Sql, range: OutcomeRange): Prisma.Sql[] {
  const { direction, limit } = range;
  const account = direction.isBackward ? LAST_ACCOUNT.backward : LAST_ACCOUNT.forward;
  return [
    Prisma.sql`(
      SELECT id, ${account} FROM (SELECT id FROM (${targets}) AS t ORDER BY id ${direction.order}) AS t
      OFFSET ${limit}::int LIMIT 1)`,
    Prisma.sql`(SELECT id, ${account} FROM (${pageEnd}) AS t)`,
  ];
}

/**
 * A subquery for the first `scanLimit` outcomes of some targets, in the order of the targets. Of a target that has only
 * failures among the wanted statuses, it reads the failures; of any other target, all outcomes. The whole has no ORDER BY: a
 * loop over the targets keeps their order, and reads no target too early.
 */
function outcomesInOrder(
  targets: Prisma.Sql,
  range: OutcomeRange,
  scanLimit: number,
  targetColumns: readonly Prisma.Sql[] = [],
): Prisma.Sql {
  const { order } = range.direction;
  const further =
    targetColumns.length === 0
      ? { columns: Prisma.empty, join: Prisma.empty }
      : {
          columns: Prisma.sql`, of_target.*`,
          join: Prisma.sql`CROSS JOIN LATERAL (
            SELECT ${Prisma.join(targetColumns)} FROM lane l WHERE l.id = t.lane_id LIMIT 1) AS of_target`,
        };
  return Prisma.sql`
    SELECT o.*${further.columns}
    FROM (
      SELECT ${OPEN_TARGET_COLUMNS}, t.operation, ${startAccount(range)} AS start, ${countOf(unindexedStatuses(range))} AS unindexed,
        t.pending + t.in_flight AS open
      FROM (${targets}) AS t ORDER BY id ${order}) AS t
    ${further.join}
    CROSS JOIN LATERAL (${selectOfTarget(range, Prisma.sql`${scanLimit}::int`)}) AS o
    LIMIT ${scanLimit}::int`;
}

/** The number of outcomes of the target t that have one of the statuses; null: any. */
function countOf(statuses: readonly OutcomeStatus[] | null): Prisma.Sql {
  if (statuses === null) {
    return Prisma.sql`t.total`;
  }
  if (statuses.length === 0) {
    return Prisma.sql`0`;
  }
  const counts = statuses.map((status) => COUNTS[status]);
  return Prisma.sql`(${Prisma.join(counts, ' + ')})`;
}

/** The statuses that no index of outcomes holds. */
function unindexedStatuses({ statuses }: OutcomeRange): readonly OutcomeStatus[] | null {
  return statuses?.filter((status) => !isException(status)) ?? null;
}

/** The account after which the page begins in a target: before all, except in the target of the bound. */
function startAccount({ bound, direction }: OutcomeRange): Prisma.Sql {
  const beginning = direction.isBackward ? BEFORE_ALL_ACCOUNTS : PAST_ALL_ACCOUNTS;
  return Prisma.sql`CASE WHEN id = ${bound.targetId}::bigint THEN ${bound.accountId} ELSE ${beginning} END`;
}

/**
 * The first outcomes of the target t after `t.start`.
 *
 * Two comparisons of rows are the same range of the primary key as `target_id = t.id`. The planner takes each for a third of
 * the table, so it never reads and sorts the range instead of reading it in order.
 */
function selectOfTarget(range: OutcomeRange, scanLimit: Prisma.Sql): Prisma.Sql {
  const { statuses, direction } = range;
  const { follows, isBackward, order } = direction;
  const inTarget = allOf(
    Prisma.sql`(o.target_id, o.account_id) ${follows} (t.id, t.start)`,
    isBackward
      ? Prisma.sql`(o.target_id, o.account_id) < (t.id, ${PAST_ALL_ACCOUNTS})`
      : Prisma.sql`(o.target_id, o.account_id) >= (t.id, ${BEFORE_ALL_ACCOUNTS})`,
  );
  const inOrder = Prisma.sql`ORDER BY o.target_id ${order}, o.account_id ${order}`;
  const selectEnded = (condition: Prisma.Sql) => Prisma.sql`(
    SELECT o.* FROM outcome o WHERE ${condition} ${inOrder} LIMIT ${scanLimit})`;
  // Of a target that has ended, the rows are in order already: one of the two parts is always empty.
  const selectAll = (condition: Prisma.Sql) => Prisma.sql`
    ${selectEnded(allOf(condition, Prisma.sql`t.open = 0`))}
    UNION ALL
    (
      SELECT o.* FROM (
        SELECT * FROM ${selectEnded(allOf(condition, Prisma.sql`t.open > 0`))} AS ended
        UNION ALL
        SELECT * FROM (${openOfTarget(range)}) AS open_of_target WHERE t.open > 0
      ) AS o
      WHERE ${condition}
      ${inOrder} LIMIT ${scanLimit}
    )`;
  const select = mayBeOpen(range) ? selectAll : selectEnded;
  const exceptions = statuses?.filter(isException) ?? [];
  if (exceptions.length === 0) {
    return select(inTarget);
  }
  // Without a further condition, one status never has to give more rows than the page wants.
  const limit = endedCondition(range) === null ? Prisma.sql`${range.limit}::int` : scanLimit;
  const selects = exceptions.map((status) =>
    selectExceptions(status, allOf(inTarget, Prisma.sql`t.unindexed = 0`), direction, limit),
  );
  const merged = Prisma.sql`(SELECT o.* FROM (${Prisma.join(selects, ' UNION ALL ')}) AS o ${inOrder})`;
  const [only, ...others] = selects;
  const failures = only !== undefined && others.length === 0 ? only : merged;
  if (isIndexed(range)) {
    return failures;
  }
  // Of these two one is always empty, so nothing has to be merged.
  return Prisma.sql`${failures} UNION ALL ${select(allOf(inTarget, Prisma.sql`t.unindexed > 0`))}`;
}

/** The condition on the rows of `selectOfTarget`; null: every row matches. */
function residualCondition(range: OutcomeRange): Prisma.Sql | null {
  return allOf(isIndexed(range) ? null : statusCondition(range), endedCondition(range));
}

function residualFilter(range: OutcomeRange): Prisma.Sql {
  return hideSelectivity(residualCondition(range) ?? Prisma.sql`true`);
}

/** Whether the index of failures holds all wanted statuses. */
function isIndexed({ statuses }: OutcomeRange): boolean {
  return statuses?.every(isException) ?? false;
}
