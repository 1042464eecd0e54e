import { Prisma } from '../../generated/client.js';

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

/**
 * Keeps a condition from the planner's arithmetic, which would take it for so selective that sorting everything looks
 * cheaper than reading in order until the page is full.
 */
export function coalesced(condition: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`COALESCE(${condition}, false)`;
}

/**
 * The condition that an id compares so with a bound. As rows, since the planner takes an id between two bounds that it does
 * not know for one in two hundred, which it would rather sort than read in order.
 */
export function isBeyond(id: Prisma.Sql, comparison: Prisma.Sql, bound: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(${id}, 0) ${comparison} (${bound}, 0)`;
}
