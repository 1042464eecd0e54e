import { Prisma } from '../../generated/client.js';

/**
 * Constants as literals of SQL, between commas. Unlike parameters they let the planner use an index of the rows that they
 * select. Only for words of the gateway's own, such as statuses.
 */
export function literals(words: readonly string[]): Prisma.Sql {
  return Prisma.raw(words.map((word) => `'${word}'`).join(', '));
}

/** A constant of the gateway's own as a literal of SQL. */
export function numberLiteral(value: number): Prisma.Sql {
  return Prisma.raw(String(value));
}
