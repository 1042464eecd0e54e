import { Prisma, type PrismaClient } from '../generated/client.js';
import type { Page, PageArgs } from '../ports/history.js';

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

/** Counts the rows of a subquery that reads up to one more than `most`; null when it found that one. */
export async function countRows(
  prisma: PrismaClient,
  rows: Prisma.Sql,
  most: number,
): Promise<number | null> {
  const count = await readJson<number>(
    prisma,
    Prisma.sql`SELECT count(*)::int AS result FROM (${rows}) AS counted`,
  );
  return count > most ? null : count;
}

/** A page from the rows that were read, newest first: up to one more than it shows, which tells whether it goes on. */
export function toPage<Json, Row>(
  rows: readonly Json[],
  page: PageArgs,
  toRow: (json: Json) => Row,
  cursorOf: (row: Row) => string,
): Page<Row> {
  const toEdge = (json: Json) => {
    const node = toRow(json);
    return { cursor: cursorOf(node), node };
  };
  if ('last' in page) {
    const hasPreviousPage = rows.length > page.last;
    const edges = rows.slice(hasPreviousPage ? 1 : 0).map(toEdge);
    return { edges, hasNextPage: page.before !== null, hasPreviousPage };
  }
  const edges = rows.slice(0, page.first).map(toEdge);
  return { edges, hasNextPage: rows.length > page.first, hasPreviousPage: page.after !== null };
}

/** A point in time out of JSON. */
export function toDate(json: string | null): Date | null {
  return json === null ? null : new Date(json);
}
