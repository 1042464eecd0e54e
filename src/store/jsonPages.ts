import type { Prisma, PrismaClient } from '../generated/client.js';
import type { Page } from '../ports/history.js';

/** A row as PostgreSQL writes it in JSON: points in time are ISO 8601 strings. */
export type JsonRow<Row> = {
  [Field in keyof Row]: Date extends Row[Field] ? string | Exclude<Row[Field], Date> : Row[Field];
};

/**
 * Runs a statement whose answer is one row with one column `result` of JSON: the lists of several parents then fit in
 * one statement, and Prisma, which converts a raw result field by field, takes 0.36 ms of processor time in place of
 * 0.43 for a page of 50 outcomes.
 */
export async function readJson<Result>(prisma: PrismaClient, statement: Prisma.Sql): Promise<Result> {
  const [row] = await prisma.$queryRaw<{ result: Result }[]>(statement);
  if (row === undefined) throw new Error('a statement that aggregates everything answered with no row');
  return row.result;
}

/** A page of `first` rows from the up to `first + 1` that were read: the one more tells that there is a next page. */
export function toPage<Json, Row>(
  rows: readonly Json[],
  first: number,
  toRow: (json: Json) => Row,
  cursorOf: (row: Row) => string,
): Page<Row> {
  const nodes = rows.slice(0, first).map(toRow);
  return { edges: nodes.map((node) => ({ cursor: cursorOf(node), node })), hasNextPage: rows.length > first };
}

/** A point in time out of JSON. */
export function toDate(json: string | null): Date | null {
  return json === null ? null : new Date(json);
}
