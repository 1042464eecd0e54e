import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Prisma } from '../../../generated/client.js';
import type { Caller } from '../../../membership.js';
import type { HistoryStore, OutcomeColumn, OutcomeFilter, PageArgs } from '../../../ports/history.js';
import type { ExportColumn, ExportFormat } from '../../../ports/exports.js';
import type { TextColumn, TextPage } from '../../../ports/pages.js';
import type { GatewayPrisma } from '../../connection/client.js';
import { outcomeBound, outcomeCursor } from '../../sql/cursors.js';
import { directionOf, limitOf } from '../../sql/direction.js';
import { pageEndsOf } from '../../sql/jsonPages.js';
import { type ScanLimits, withClause } from './keysetList.js';
import { allOutcomes, outcomePages } from './outcomePages.js';
import { writeOutcome } from './outcomeText.js';
import { type PageRequest, prepared, preparedName } from './preparedPages.js';

type Columns = readonly TextColumn<OutcomeColumn>[];

/** A page of outcomes. */
export interface OutcomePageRequest extends PageRequest {
  readonly caller: Caller;
  readonly filter: OutcomeFilter;
}

/** Most prepared statements, for all columns and sizes: each is one more plan in each connection. */
const MAX_PREPARED = 50;

/** The answer of the statement. Keys are a target id and an account id with a bar between them. */
interface TextRow {
  /** Null: the page is empty. */
  readonly nodes: string | null;
  /** Rows read: one more than the page shows, if the list goes on. */
  readonly rowCount: number;
  /** Keys of the first and the last row that the page shows, in the direction in which it was read. */
  readonly first: string | null;
  readonly last: string | null;
  /** As in `JsonPage`. */
  readonly pageEnd: string | null;
}

/** Reads pages of outcomes as the JSON text of the response. */
export function createOutcomesAsText(
  prisma: GatewayPrisma,
  limits: ScanLimits,
): HistoryStore['outcomesAsText'] {
  const nameOf = createStatementNames();
  const texts = new Map<string, string>();
  return async (caller, filter, page, columns) => {
    const request = { caller, filter, page, limits };
    const name = nameOf(columns, request);
    const { targetId, accountId } = outcomeBound(page);
    let text = name === null ? undefined : texts.get(name);
    let values: unknown[] = [targetId, accountId];
    if (text === undefined) {
      const statement = selectOutcomesAsText(columns, request);
      const sql = name === null ? statement : prepared(name, statement);
      // If only the cursor differs, the text is made once: making it is 10 % of the memory that a page allocates.
      if (name !== null && isDeepStrictEqual(sql.values, values)) {
        texts.set(name, sql.text);
      }
      ({ text, values } = sql);
    }
    return toTextPage(await prisma.$readRow<TextRow>({ text, values }), page);
  };
}

/** The names of the first MAX_PREPARED different statements; null for any further one, and for a page that is not prepared. */
function createStatementNames(): (columns: Columns, request: PageRequest) => string | null {
  // By array: a compiled query always passes the same one.
  const lists = new WeakMap<Columns, string>();
  const names = new Set<string>();
  return (columns, request) => {
    let list = lists.get(columns);
    if (list === undefined) {
      lists.set(columns, (list = listNameOf(columns)));
    }
    const name = preparedName(list, request);
    if (name !== null && names.size < MAX_PREPARED) {
      names.add(name);
    }
    return name !== null && names.has(name) ? name : null;
  };
}

/** A short name for a list with these columns: PostgreSQL cuts the name of a statement to 63 characters. */
function listNameOf(columns: Columns): string {
  const hash = createHash('sha256').update(JSON.stringify(columns)).digest('hex');
  return `outcomes_${hash.slice(0, 16)}`;
}

/** The key of a row named entry. */
const KEY = Prisma.sql`entry.target_id || '|' || entry.account_id`;

/** The e-mail address, looked up for each row: one scan for the page is no faster, and a subquery in the row is slower. */
const EMAIL_JOIN = Prisma.sql`
  LEFT JOIN LATERAL (
    SELECT a.email FROM request_account a WHERE a.request_id = t.request_id AND a.account_id = o.account_id LIMIT 1
  ) AS a ON true`;

/** A page of outcomes as one text, and its cursors: a `TextRow`. */
export function selectOutcomesAsText(columns: Columns, request: OutcomePageRequest): Prisma.Sql {
  const { caller, filter, page, limits } = request;
  const plan = outcomePages(caller, filter, page).planPage(limits);
  const { order } = directionOf(page);
  const size = Prisma.sql`${limitOf(page) - 1}::int`;
  const { targetColumns, outcome } = writeOutcome(columns);
  const emailJoin = columns.some(({ column }) => column === 'email') ? EMAIL_JOIN : Prisma.empty;
  const ctes = [
    ...plan.ctes,
    Prisma.sql`page AS MATERIALIZED (
      SELECT * FROM (${plan.rows}) AS o ORDER BY o.target_id ${order}, o.account_id ${order})`,
    Prisma.sql`size AS MATERIALIZED (SELECT count(*)::int AS read FROM page)`,
    Prisma.sql`target_of_page AS MATERIALIZED (
      SELECT ${Prisma.join([Prisma.sql`t.id, t.request_id`, ...targetColumns])}
      FROM (SELECT DISTINCT target_id FROM page) AS p
      CROSS JOIN LATERAL (SELECT * FROM target t WHERE t.id = p.target_id LIMIT 1) AS t
      CROSS JOIN LATERAL (SELECT * FROM lane l WHERE l.id = t.lane_id LIMIT 1) AS l)`,
  ];
  return Prisma.sql`${withClause(ctes)}
    SELECT (
        SELECT string_agg(${outcome}, ',' ORDER BY o.target_id DESC, o.account_id DESC)
        FROM (SELECT * FROM page LIMIT ${size}) AS o JOIN target_of_page AS t ON t.id = o.target_id ${emailJoin}
      ) AS nodes,
      size.read AS "rowCount",
      (SELECT ${KEY} FROM page AS entry LIMIT 1) AS first,
      (SELECT ${KEY} FROM page AS entry OFFSET GREATEST(LEAST(size.read, ${size}) - 1, 0) LIMIT 1) AS last,
      ${plan.pageEnd === null ? Prisma.sql`NULL` : Prisma.sql`(SELECT ${KEY} FROM (${plan.pageEnd}) AS entry)`} AS "pageEnd"
    FROM size`;
}

/** All outcomes, newest first, each a row with its text, to be read through a cursor. */
export function selectAllOutcomesAsText(
  caller: Caller,
  filter: OutcomeFilter,
  columns: readonly ExportColumn[],
  format: ExportFormat,
): Prisma.Sql {
  const { targetColumns, outcome } = writeOutcome(
    columns.map((column) => ({ as: column, column })),
    format,
  );
  const outcomes = allOutcomes(caller, filter, [Prisma.sql`t.request_id`, ...targetColumns]);
  // All columns of o and of t are in the rows of the subquery.
  return Prisma.sql`
    SELECT ${outcome} AS row
    FROM (${outcomes}) AS o CROSS JOIN LATERAL (SELECT o.*) AS t ${EMAIL_JOIN}`;
}

function toTextPage({ nodes, rowCount, first, last, pageEnd }: TextRow, page: PageArgs): TextPage {
  const [newest, oldest] = 'last' in page ? [last, first] : [first, last];
  const ends = pageEndsOf({ hasMore: rowCount === limitOf(page), newest, oldest, pageEnd }, page);
  return {
    ...ends,
    nodes: nodes ?? '',
    startCursor: toCursor(ends.startCursor),
    endCursor: toCursor(ends.endCursor),
  };
}

function toCursor(key: string | null): string | null {
  if (key === null) {
    return null;
  }
  const [targetId = '', accountId = ''] = key.split('|');
  return outcomeCursor({ targetId, accountId });
}
