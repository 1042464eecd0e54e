import type { Prisma } from '../../generated/client.js';
import type { Page, PageArgs } from '../../ports/history.js';
import type { PageEnds } from '../../ports/pages.js';
import type { GatewayPrisma } from '../connection/client.js';

/** A row as PostgreSQL writes it in JSON: points in time are ISO 8601 strings. */
export type JsonRow<Row> = {
  [Field in keyof Row]: Date extends Row[Field] ? string | Exclude<Row[Field], Date> : Row[Field];
};

/** Runs a statement whose answer is one row with one column `result` of JSON: the lists of several parents fit in one. */
export async function readJson<Result>(prisma: GatewayPrisma, statement: Prisma.Sql): Promise<Result> {
  const { result } = await prisma.$readRow<{ result: Result }>(statement);
  return result;
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
  const nodes = shownOf(rows, page).map(toRow);
  const edges = nodes.map((node) => ({ cursor: cursorOf(node), node }));
  const [newest, oldest] = [edges[0]?.cursor ?? null, edges.at(-1)?.cursor ?? null];
  return { edges, ...endsOf({ isLong: rows.length > sizeOf(page), newest, oldest, edge }, page) };
}

/** Where a page lies, from what was read of it: cursors or keys of its newest and oldest rows, and whether there was one more. */
export function endsOf(
  {
    isLong,
    newest,
    oldest,
    edge,
  }: { isLong: boolean; newest: string | null; oldest: string | null; edge: string | null },
  page: PageArgs,
): PageEnds {
  const goesOn = isLong || edge !== null;
  return 'last' in page
    ? {
        hasNextPage: page.before !== null,
        hasPreviousPage: goesOn,
        startCursor: edge ?? newest,
        endCursor: oldest ?? edge,
      }
    : {
        hasNextPage: goesOn,
        hasPreviousPage: page.after !== null,
        startCursor: newest ?? edge,
        endCursor: edge ?? oldest,
      };
}

/** The rows without the one more, which is the oldest of a page read forward, and else the newest. */
function shownOf<Row>(rows: readonly Row[], page: PageArgs): readonly Row[] {
  const size = sizeOf(page);
  return 'last' in page ? rows.slice(-size) : rows.slice(0, size);
}

function sizeOf(page: PageArgs): number {
  return 'last' in page ? page.last : page.first;
}

/** A point in time out of JSON. */
export function toDate(json: string | null): Date | null {
  return json === null ? null : new Date(json);
}
