import { Prisma } from '../../../generated/client.js';
import { hideSelectivity } from '../../sql/plannerHints.js';
import { planBranchesCount, planScanCount } from './boundedCount.js';
import {
  type Branches,
  cteNames,
  keyColumns,
  type KeysetList,
  type OrderedList,
  type PageableList,
  type PagePlan,
  type ScanLimits,
  withClause,
} from './keysetList.js';

/*
 * Keyset pages that read a bounded number of rows.
 *
 * A keyset page begins at a key, reads an index in order, skips rows that do not match, and ends when it is full. If few rows
 * match, such a page would read the whole table. A bounded page stops at a limit of rows read, even if it is not full. It
 * then ends at the last key looked at, its page end, which is the cursor of the next page. So a page may be short, or empty,
 * while the list goes on.
 *
 * - A scan reads the index that has the order of the list, and keeps the rows that match. It is fast if many rows match.
 * - A merge reads ranges of another index, its branches, and merges them in the order of the list. It is fast if few rows
 *   match. A row between two branches is unknown where one of them stopped, so a merge ends at the first key at which a branch
 *   stopped.
 * - A list with both indexes is scanned first. Only if the scan stops before the page is full, the list is merged too. If
 *   neither filled the page, the page ends at the later of their two ends.
 * - A count (boundedCount.ts) reads without order up to a limit of its own.
 */

/** A list that is scanned; merged as well where the list has branches and the scan does not fill the page. */
export function orderedList(list: OrderedList): PageableList {
  const { source, condition, branches, limit } = list;
  return {
    planPage(limits) {
      if (condition === null) {
        return { ctes: [], rows: source(Prisma.sql`${limit}::int`), pageEnd: null };
      }
      if (branches === null) {
        return scan(list, condition, Math.max(limits.scan, 2 * limit));
      }
      return scanThenMerge(list, condition, branches, limits);
    },
    planCount({ count }) {
      return branches === null || condition === null
        ? planScanCount(list, count)
        : planBranchesCount(list, branches, count);
    },
  };
}

/** A list that no index has in its order: its branches are merged. */
export function mergedList(list: KeysetList, branches: Branches): PageableList {
  return {
    planPage: (limits) => merge(list, branches, limits, Prisma.sql`true`),
    planCount: ({ count }) => planBranchesCount(list, branches, count),
  };
}

/** The list of a subquery that reads few rows without any limit. */
export function smallList(rows: Prisma.Sql): PageableList {
  return {
    planPage: () => ({ ctes: [], rows, pageEnd: null }),
    planCount: () => ({ ctes: [], rows, isIncomplete: Prisma.sql`false` }),
  };
}

/**
 * The statement of a page, which answers with one JSON object, a `JsonPage` (jsonPages.ts).
 *
 * @param toJson the subquery that makes JSON of the rows.
 * @param key the JSON of the page end, whose row is called page_end.
 */
export function selectPage(
  plan: PagePlan,
  toJson: (rows: Prisma.Sql) => Prisma.Sql,
  key: Prisma.Sql,
): Prisma.Sql {
  const pageEnd =
    plan.pageEnd === null ? Prisma.sql`NULL` : Prisma.sql`(SELECT ${key} FROM (${plan.pageEnd}) AS page_end)`;
  return Prisma.sql`${withClause(plan.ctes)}
    SELECT json_build_object('rows', (${toJson(plan.rows)}), 'pageEnd', ${pageEnd}) AS result`;
}

/** A plan whose page end has a row if the page stopped at the limit of rows read. */
type BoundedPlan = PagePlan & { readonly pageEnd: Prisma.Sql };

/** Reads the first `scanLimit` rows and keeps those that match. */
function scan(list: OrderedList, condition: Prisma.Sql, scanLimit: number): BoundedPlan {
  const { alias, limit, source } = list;
  const [scanned, matching] = cteNames(list, 'scanned', 'matching');
  return {
    ctes: [
      Prisma.sql`${scanned} AS MATERIALIZED (${source(Prisma.sql`${scanLimit}::int`)})`,
      Prisma.sql`${matching} AS MATERIALIZED (
        SELECT * FROM ${scanned} AS ${alias} WHERE ${hideSelectivity(condition)} LIMIT ${limit}::int)`,
    ],
    rows: Prisma.sql`SELECT * FROM ${matching}`,
    pageEnd: Prisma.sql`
      SELECT ${keyColumns(list)} FROM ${scanned}
      WHERE (SELECT count(*) FROM ${matching}) < ${limit}::int OFFSET ${scanLimit - 1}::int LIMIT 1`,
  };
}

/**
 * Reads the first rows of every branch and merges those that match. All branches get the same share of the limit. Each keeps
 * the last row of its share even if that does not match: the first of these keys, in the order of the list, is the page end.
 *
 * @param isNeeded nothing is read where it is false.
 */
function merge(list: KeysetList, branches: Branches, limits: ScanLimits, isNeeded: Prisma.Sql): BoundedPlan {
  const { alias, direction, keys, limit } = list;
  const { selects } = branches;
  const [branch, share, read, stop, matching] = cteNames(list, 'branch', 'share', 'read', 'stop', 'matching');
  const maxShare = branches.condition === null ? limit : Math.max(limit, limits.merge);
  const matches = branches.condition ? hideSelectivity(branches.condition) : Prisma.sql`true`;
  const reads = selects.map(
    (select) => Prisma.sql`(
      SELECT *, row_number() OVER () AS match_number
      FROM (
        SELECT ${alias}.*, row_number() OVER () AS row_number
        FROM ${select(Prisma.sql`${maxShare}::int`)} AS ${alias} LIMIT (SELECT rows FROM ${share})
      ) AS ${alias}
      WHERE row_number = (SELECT rows FROM ${share}) OR ${matches}
      LIMIT ${limit}::int)`,
  );
  const key = keyColumns(list);
  const inOrder = Prisma.join(keys.map((name) => Prisma.sql`${Prisma.raw(name)} ${direction.order}`));
  const isBeforeStop = Prisma.sql`(NOT EXISTS (SELECT FROM ${stop}) OR NOT (${key}) ${direction.follows} (SELECT ${key} FROM ${stop}))`;
  return {
    ctes: [
      Prisma.sql`${branch} AS MATERIALIZED (${branches.from})`,
      Prisma.sql`${share} AS MATERIALIZED (
        SELECT LEAST(${maxShare}::int, GREATEST(${limits.perBranch}::int,
          ${limits.merge}::int / GREATEST(1, count(*) * ${selects.length}::int))) AS rows FROM ${branch})`,
      Prisma.sql`${read} AS MATERIALIZED (
        SELECT one.* FROM ${branch} AS branch CROSS JOIN LATERAL (${Prisma.join(reads, ' UNION ALL ')}) AS one
        WHERE ${isNeeded})`,
      Prisma.sql`${stop} AS MATERIALIZED (
        SELECT ${key} FROM ${read}
        WHERE row_number = (SELECT rows FROM ${share}) OR match_number = ${limit}::int ORDER BY ${inOrder} LIMIT 1)`,
      // A row may be in several branches.
      Prisma.sql`${matching} AS MATERIALIZED (
        SELECT DISTINCT ON (${key}) * FROM ${read} AS ${alias} WHERE ${isBeforeStop} AND ${matches}
        ORDER BY ${inOrder} LIMIT ${limit}::int)`,
    ],
    rows: Prisma.sql`SELECT * FROM ${matching}`,
    pageEnd: Prisma.sql`SELECT * FROM ${stop} WHERE (SELECT count(*) FROM ${matching}) < ${limit}::int`,
  };
}

/** Scans, and merges if the scan stops before the page is full; takes the one of the two that comes further. */
function scanThenMerge(
  list: OrderedList,
  condition: Prisma.Sql,
  branches: Branches,
  limits: ScanLimits,
): PagePlan {
  const scanLimit = Math.max(limits.beforeMerge, 2 * list.limit);
  const scanned = scan({ ...list, name: `${list.name}_scan` }, condition, scanLimit);
  const [scanEnd, mergeEnd, choice] = cteNames(list, 'scan_end', 'merge_end', 'choice');
  const merged = merge(list, branches, limits, Prisma.sql`EXISTS (SELECT FROM ${scanEnd})`);
  const key = keyColumns(list);
  const isMerged = Prisma.sql`(SELECT is_merged FROM ${choice})`;
  return {
    ctes: [
      ...scanned.ctes,
      Prisma.sql`${scanEnd} AS MATERIALIZED (${scanned.pageEnd})`,
      ...merged.ctes,
      Prisma.sql`${mergeEnd} AS MATERIALIZED (${merged.pageEnd})`,
      Prisma.sql`${choice} AS MATERIALIZED (
        SELECT EXISTS (SELECT FROM ${scanEnd}) AND COALESCE(
          (SELECT ${key} FROM ${mergeEnd}) ${list.direction.followsOrEquals} (SELECT ${key} FROM ${scanEnd}), true) AS is_merged)`,
    ],
    rows: Prisma.sql`
      SELECT *, 0::bigint AS row_number, 0::bigint AS match_number FROM (${scanned.rows}) AS scanned WHERE NOT ${isMerged}
      UNION ALL
      SELECT * FROM (${merged.rows}) AS merged WHERE ${isMerged}`,
    pageEnd: Prisma.sql`
      SELECT * FROM ${scanEnd} WHERE NOT ${isMerged}
      UNION ALL
      SELECT * FROM ${mergeEnd} WHERE ${isMerged}`,
  };
}
