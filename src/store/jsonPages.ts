import type { Prisma, PrismaClient } from '../generated/client.js';
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

/** What a statement of `selectPage` answers with. */
export interface JsonPage<Json, Key> {
  /** Newest first. */
  readonly rows: readonly Json[];
  /** The key that the page has looked through to; null when it is full, or the list has ended. */
  readonly edge: Key | null;
}

/**
 * A page from the rows that were read, newest first: up to one more than it shows, which tells whether it goes on. One that
 * has looked through as many rows as a page may goes on from the last of them: `edge` is its cursor.
 */
export function toPage<Json, Row>(
  { rows, edge }: JsonPage<Json, string>,
  page: PageArgs,
  toRow: (json: Json) => Row,
  cursorOf: (row: Row) => string,
): Page<Row> {
  const toEdge = (json: Json) => {
    const node = toRow(json);
    return { cursor: cursorOf(node), node };
  };
  if ('last' in page) {
    const isLong = rows.length > page.last;
    const edges = rows.slice(isLong ? 1 : 0).map(toEdge);
    const startCursor = edge ?? edges[0]?.cursor ?? null;
    const endCursor = edges.at(-1)?.cursor ?? edge;
    return {
      edges,
      hasNextPage: page.before !== null,
      hasPreviousPage: isLong || edge !== null,
      startCursor,
      endCursor,
    };
  }
  const edges = rows.slice(0, page.first).map(toEdge);
  const startCursor = edges[0]?.cursor ?? edge;
  const endCursor = edge ?? edges.at(-1)?.cursor ?? null;
  const hasNextPage = rows.length > page.first || edge !== null;
  return { edges, hasNextPage, hasPreviousPage: page.after !== null, startCursor, endCursor };
}

/** A point in time out of JSON. */
export function toDate(json: string | null): Date | null {
  return json === null ? null : new Date(json);
}
