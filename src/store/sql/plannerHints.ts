import { Prisma } from '../../generated/client.js';

/** The conditions joined by AND; those that are null are left out. Null when all are. */
export function allOf(first: Prisma.Sql, ...others: (Prisma.Sql | null)[]): Prisma.Sql;
export function allOf(...conditions: (Prisma.Sql | null)[]): Prisma.Sql | null;
export function allOf(...conditions: (Prisma.Sql | null)[]): Prisma.Sql | null {
  const present = conditions.filter((condition) => condition !== null);
  return present.length === 0 ? null : Prisma.join(present, ' AND ');
}

/**
 * The condition that the leading column of an index equals `value`, for a list ordered by this column and then others.
 *
 * The array has one element, but the planner does not know its length. With `column = value` the planner would drop the
 * column from the order, and could choose the primary key, which has that order too, and skip all other rows.
 */
export function asLeadingColumn(column: Prisma.Sql, value: Prisma.Sql, type: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`${column} = ANY (array_append(NULL::${type}[], ${value}))`;
}

/**
 * The same condition, of a selectivity that the planner does not know. A condition that looks very selective would make it
 * sort all rows instead of reading an index in order until the page is full.
 */
export function hideSelectivity(condition: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`COALESCE(${condition}, false)`;
}

/**
 * The condition that a key equals a value of another row, in an UPDATE or a join. With `key = value` the planner may read the whole
 * index in its order and compare each row, when the table was small at its last statistics.
 */
export function keyIs(key: Prisma.Sql, value: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`${key} = ANY (ARRAY[${value}])`;
}

/**
 * The condition that a value is among the rows of `list`, which are hashed. As a join, without hash joins, each value would be compared
 * with each row.
 */
export function isAmong(value: Prisma.Sql, list: Prisma.Sql): Prisma.Sql {
  return hideSelectivity(Prisma.sql`${value} IN (${list})`);
}

/**
 * The comparison of an id with a bound, as rows of two columns. The planner estimates that 0.5 % of a table lies between two
 * unknown bounds, and would sort these rows; it has no such estimate for rows.
 */
export function rowCompare(id: Prisma.Sql, comparison: Prisma.Sql, bound: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(${id}, 0) ${comparison} (${bound}, 0)`;
}
