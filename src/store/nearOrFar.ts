import { Prisma } from '../generated/client.js';
import type { Direction } from './direction.js';

/** Rows at the beginning of a page that are looked through before an index is asked. */
const LEAST_LOOKED_THROUGH = 500;

/** The conditions put together, and null when there is none; those that are null do not count. */
export function allOf(first: Prisma.Sql, ...others: (Prisma.Sql | null)[]): Prisma.Sql;
export function allOf(...conditions: (Prisma.Sql | null)[]): Prisma.Sql | null;
export function allOf(...conditions: (Prisma.Sql | null)[]): Prisma.Sql | null {
  const given = conditions.filter((condition) => condition !== null);
  return given.length === 0 ? null : Prisma.join(given, ' AND ');
}

/**
 * The condition that a column, the first of an index, holds `value`, for a list that is ordered by this column first and
 * read from that index. An array of one, of a length that the planner does not know: with a plain comparison the order
 * would be that of the id alone, and walking the primary key past all others can look cheaper.
 */
export function leads(column: Prisma.Sql, value: Prisma.Sql, type: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`${column} = ANY (array_append(NULL::${type}[], ${value}))`;
}

/** A list of rows of a table, by its id. */
export interface List {
  readonly table: Prisma.Sql;
  /** What the table is called in the conditions. */
  readonly alias: Prisma.Sql;
  /** Bounds of the id. */
  readonly within: Prisma.Sql;
  /** What the rows have to fulfil; null: nothing. */
  readonly condition: Prisma.Sql | null;
  readonly direction: Direction;
  readonly limit: number;
}

/**
 * A subquery for the first rows of a list, by id. Where many rows are wanted, the page is full after looking through a few
 * hundred by primary key; where few are, it is read from `far`, a subquery for the same rows from an index of their own,
 * which takes a look-up for each of its branches. Neither can do the other's work: a page of what nearly every row has
 * would be merged from dozens of branches, and one of what no row has would be looked for in the whole table.
 */
export function nearOrFar(list: List, far: Prisma.Sql | null): Prisma.Sql {
  const { table, alias, within, condition, direction, limit } = list;
  const byId = (condition: Prisma.Sql, limit: number) => Prisma.sql`
    SELECT * FROM ${table} AS ${alias} WHERE ${condition} ORDER BY ${alias}.id ${direction.order} LIMIT ${limit}::int`;
  if (condition === null || far === null) return byId(within, limit);
  const lookedThrough = Math.max(LEAST_LOOKED_THROUGH, 2 * limit);
  return Prisma.sql`
    WITH near AS MATERIALIZED (
      SELECT * FROM (${byId(within, lookedThrough)}) AS ${alias}
      WHERE COALESCE(${condition}, false)
      LIMIT ${limit}::int
    )
    SELECT * FROM near WHERE (SELECT count(*) FROM near) = ${limit}::int
    UNION ALL
    SELECT * FROM (${far}) AS far WHERE (SELECT count(*) FROM near) < ${limit}::int`;
}
