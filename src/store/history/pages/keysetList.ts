import { Prisma } from '../../../generated/client.js';
import type { Direction } from '../../sql/direction.js';

/** Most rows that one page or one count reads. */
export interface ScanLimits {
  /** By the scan of a page that may go on with a merge. */
  readonly beforeMerge: number;
  /** By the scan of a page that has no merge. */
  readonly scan: number;
  /** By all branches of a merge together. */
  readonly merge: number;
  /** By each branch of a merge, also when the sum over all branches exceeds `merge`. */
  readonly perBranch: number;
  /** By a count. */
  readonly count: number;
}

/**
 * A page of 50 rows is full within these limits if one row in ten matches. A page without any match takes some
 * milliseconds; a count up to its limit takes some tens of milliseconds.
 */
export const SCAN_LIMITS: ScanLimits = {
  beforeMerge: 500,
  scan: 2_000,
  merge: 2_000,
  perBranch: 8,
  count: 100_000,
};

/** A list in the order of its keys. */
export interface KeysetList {
  /** The prefix of its common table expressions: two lists fit in one statement. */
  readonly name: string;
  /** The alias of its rows in conditions. */
  readonly alias: Prisma.Sql;
  /** The columns of the key. */
  readonly keys: readonly string[];
  readonly direction: Direction;
  /** Rows that the page wants: one more than it shows. */
  readonly limit: number;
}

/** A subquery for the first `limit` rows of an index range, in the order of the list. */
export type LimitedSelect = (limit: Prisma.Sql) => Prisma.Sql;

/** A list that one index has in its order. */
export interface OrderedList extends KeysetList {
  readonly source: LimitedSelect;
  /** The condition on rows of `source`; null: every row matches. */
  readonly condition: Prisma.Sql | null;
  /** Another index that finds the matching rows; null: there is none. */
  readonly branches: Branches | null;
}

/** Ranges of an index, the branches, that have the rows of a list when they are merged. */
export interface Branches {
  /** A subquery with one row for each branch; it is called `branch` in `selects`. */
  readonly from: Prisma.Sql;
  /** Subqueries in parentheses, each for one range per branch. */
  readonly selects: readonly LimitedSelect[];
  /** The condition on the rows that `selects` read; null: every row matches. */
  readonly condition: Prisma.Sql | null;
}

/** The SQL of one page. */
export interface PagePlan {
  /** Common table expressions that `rows` and `pageEnd` use. */
  readonly ctes: readonly Prisma.Sql[];
  /** A subquery for up to `limit` rows, in the order in which they were read. */
  readonly rows: Prisma.Sql;
  /**
   * A subquery for the last key looked at, if the page stopped there before it was full; without a row, if the page is full
   * or the list has ended. Null: a page that is not full is always the end of the list.
   */
  readonly pageEnd: Prisma.Sql | null;
}

/** The SQL that counts a list. */
export interface CountPlan {
  readonly ctes: readonly Prisma.Sql[];
  /** A subquery for the rows to count, in no order. */
  readonly rows: Prisma.Sql;
  /** The condition that the count has stopped at its limit, so that there may be more rows. */
  readonly isIncomplete: Prisma.Sql;
}

/** A list that can be read by the page and counted. */
export interface PageableList {
  planPage(limits: ScanLimits): PagePlan;
  planCount(limits: ScanLimits): CountPlan;
}

/** The beginning of a statement or subquery that uses a plan. */
export function withClause(ctes: readonly Prisma.Sql[]): Prisma.Sql {
  return ctes.length === 0 ? Prisma.empty : Prisma.sql`WITH ${Prisma.join([...ctes], ', ')}`;
}

/** The key of a row, as columns between commas. */
export function keyColumns({ keys }: KeysetList): Prisma.Sql {
  return Prisma.raw(keys.join(', '));
}

/** Names of common table expressions: the name of the list, an underscore and each of `names`. */
export function cteNames<Names extends string[]>(
  list: KeysetList,
  ...names: Names
): { [Place in keyof Names]: Prisma.Sql } {
  return names.map((name) => Prisma.raw(`${list.name}_${name}`)) as { [Place in keyof Names]: Prisma.Sql };
}
