import type { Prisma } from '../../generated/client.js';
import type { Page, PageArgs } from '../../ports/history.js';
import type { PageEnds } from '../../ports/pages.js';
import type { GatewayPrisma } from '../connection/client.js';

/** A row as PostgreSQL writes it in JSON: a time is an ISO 8601 string. */
export type JsonRow<Row> = {
  [Field in keyof Row]: Date extends Row[Field] ? string | Exclude<Row[Field], Date> : Row[Field];
};

/** Runs a statement that answers with one row and in it one column `result` of JSON, such as the lists of several parents. */
export async function readJson<Result>(prisma: GatewayPrisma, statement: Prisma.Sql): Promise<Result> {
  const { result } = await prisma.$readRow<{ result: Result }>(statement);
  return result;
}

/** The answer to a statement of `selectPage` (boundedPage.ts). */
export interface JsonPage<Json, Key> {
  /** Newest first: up to one more than the page shows, which tells that the list goes on. */
  readonly rows: readonly Json[];
  /** The last key looked at, if the page stopped before it was full; null if it is full or the list has ended. */
  readonly pageEnd: Key | null;
}

/** The page that is shown of the rows that were read. `pageEnd` is a cursor. */
export function toPage<Json, Row>(
  { rows, pageEnd }: JsonPage<Json, string>,
  page: PageArgs,
  toRow: (json: Json) => Row,
  cursorOf: (row: Row) => string,
): Page<Row> {
  const nodes = shownRows(rows, page).map(toRow);
  const edges = nodes.map((node) => ({ cursor: cursorOf(node), node }));
  const [newest, oldest] = [edges[0]?.cursor ?? null, edges.at(-1)?.cursor ?? null];
  const hasMore = rows.length > sizeOf(page);
  return { edges, ...pageEndsOf({ hasMore, newest, oldest, pageEnd }, page) };
}

/** A page as it was read: cursors or keys, all of one kind. */
interface ReadPage {
  /** Whether one more row was read than the page shows. */
  readonly hasMore: boolean;
  /** Of the newest and of the oldest row shown; null when none is shown. */
  readonly newest: string | null;
  readonly oldest: string | null;
  readonly pageEnd: string | null;
}

/** The cursors of a page and its position in the list. A page that stopped before it was full continues at its page end. */
export function pageEndsOf({ hasMore, newest, oldest, pageEnd }: ReadPage, page: PageArgs): PageEnds {
  const continues = hasMore || pageEnd !== null;
  return 'last' in page
    ? {
        hasNextPage: page.before !== null,
        hasPreviousPage: continues,
        startCursor: pageEnd ?? newest,
        endCursor: oldest ?? pageEnd,
      }
    : {
        hasNextPage: continues,
        hasPreviousPage: page.after !== null,
        startCursor: newest ?? pageEnd,
        endCursor: pageEnd ?? oldest,
      };
}

/** The rows without the additional one: the oldest of a page read forward, the newest of a page read backward. */
function shownRows<Row>(rows: readonly Row[], page: PageArgs): readonly Row[] {
  const size = sizeOf(page);
  return 'last' in page ? rows.slice(-size) : rows.slice(0, size);
}

function sizeOf(page: PageArgs): number {
  return 'last' in page ? page.last : page.first;
}

/** The time that JSON holds as a string. */
export function toDate(json: string | null): Date | null {
  return json === null ? null : new Date(json);
}
