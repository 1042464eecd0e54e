import { Prisma } from '../../../generated/client.js';
import { hideSelectivity } from '../../sql/plannerHints.js';
import {
  type Branches,
  type CountPlan,
  cteNames,
  keyColumns,
  type KeysetList,
  type OrderedList,
} from './keysetList.js';

/** The statement that counts a list: null if the list has more than `most` rows, or the count stopped at its limit. */
export function selectCount({ ctes, rows, isIncomplete }: CountPlan, most: number): Prisma.Sql {
  const counted = Prisma.sql`counted AS MATERIALIZED (
      SELECT count(*)::int AS rows FROM (SELECT FROM (${rows}) AS matching LIMIT ${most + 1}::int) AS matching)`;
  return Prisma.sql`
    WITH ${Prisma.join([...ctes, counted])}
    SELECT CASE WHEN rows > ${most}::int OR ${isIncomplete} THEN NULL ELSE rows END AS result FROM counted`;
}

/** Counts what matches among the first `scanLimit` rows of the list. */
export function planScanCount(list: OrderedList, scanLimit: number): CountPlan {
  const [scanned] = cteNames(list, 'scanned');
  return {
    ctes: [Prisma.sql`${scanned} AS MATERIALIZED (${list.source(Prisma.sql`${scanLimit}::int`)})`],
    ...countMatching(list, Prisma.sql`*`, list.condition, scanLimit),
  };
}

/** Counts what matches in the branches, which read `scanLimit` rows together. */
export function planBranchesCount(list: KeysetList, branches: Branches, scanLimit: number): CountPlan {
  const [branch, scanned] = cteNames(list, 'branch', 'scanned');
  const limit = Prisma.sql`${scanLimit}::int`;
  const reads = branches.selects.map((select) => select(limit));
  return {
    ctes: [
      Prisma.sql`${branch} AS MATERIALIZED (${branches.from})`,
      Prisma.sql`${scanned} AS MATERIALIZED (
        SELECT one.* FROM ${branch} AS branch CROSS JOIN LATERAL (${Prisma.join(reads, ' UNION ALL ')}) AS one LIMIT ${limit})`,
    ],
    // A row may be in several branches.
    ...countMatching(list, Prisma.sql`DISTINCT ON (${keyColumns(list)}) *`, branches.condition, scanLimit),
  };
}

function countMatching(
  list: KeysetList,
  columns: Prisma.Sql,
  condition: Prisma.Sql | null,
  scanLimit: number,
): Pick<CountPlan, 'rows' | 'isIncomplete'> {
  const [scanned] = cteNames(list, 'scanned');
  const matches = condition ? hideSelectivity(condition) : Prisma.sql`true`;
  return {
    rows: Prisma.sql`SELECT ${columns} FROM ${scanned} AS ${list.alias} WHERE ${matches}`,
    isIncomplete: Prisma.sql`EXISTS (SELECT FROM ${scanned} OFFSET ${scanLimit - 1}::int)`,
  };
}
