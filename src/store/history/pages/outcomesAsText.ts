import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Prisma } from '../../../generated/client.js';
import { RETRYABLE_REASONS, type Caller } from '../../../membership.js';
import type { HistoryStore, OutcomeFilter, PageArgs } from '../../../ports/history.js';
import type { OutcomeColumn, TextColumn, TextPage } from '../../../ports/pages.js';
import type { GatewayPrisma } from '../../connection/client.js';
import { outcomeBound, outcomeCursor } from '../../sql/cursors.js';
import { directionOf, limitOf } from '../../sql/direction.js';
import { outcomesFor } from './historyOutcomes.js';
import { endsOf } from '../../sql/jsonPages.js';
import { prepared, preparedName, type PreparedPage } from './prepared.js';
import { WALK_LIMITS, withAll, type WalkLimits } from './boundedPage.js';

/** Text as it is, or what stands in a row; all outcomes of a target share what stands in that target's. */
type Piece = string | { readonly sql: Prisma.Sql; readonly isShared: boolean };

/**
 * How a column is written as JSON. Pieces are put together by `||`, which costs half of what row_to_json does; only what
 * callers and services have said may hold a character that JSON escapes.
 */
const COLUMNS: Readonly<Record<OutcomeColumn, readonly Piece[]>> = {
  __typename: ['"Outcome"'],
  id: ['"outcome_', ofRow(Prisma.sql`o.target_id`), '_', ofRow(Prisma.sql`o.account_id`), '"'],
  accountId: ['"', ofRow(Prisma.sql`o.account_id`), '"'],
  email: [ofRow(Prisma.sql`COALESCE(to_json(a.email)::text, 'null')`)],
  operation: ['"', ofTarget(Prisma.sql`t.operation`), '"'],
  administrator: [ofTarget(Prisma.sql`to_json(l.administrator)`)],
  service: ['"', ofTarget(Prisma.sql`l.service`), '"'],
  region: [ofTarget(Prisma.sql`to_json(l.region)`)],
  status: ['"', ofRow(Prisma.sql`o.status`), '"'],
  reasonCode: [ofRow(Prisma.sql`COALESCE('"' || o.reason_code || '"', 'null')`)],
  reason: [ofRow(Prisma.sql`COALESCE(to_json(o.reason)::text, 'null')`)],
  retryable: [
    ofRow(Prisma.sql`
      COALESCE(o.status IN ('UNPROCESSED', 'FAILED') AND o.reason_code IN (${literals(RETRYABLE_REASONS)}), false)`),
  ],
  sends: [ofRow(Prisma.sql`cardinality(o.call_ids)`)],
  // Cut to milliseconds, as JavaScript does.
  settledAt: [
    ofRow(Prisma.sql`
      COALESCE(to_char(o.settled_at AT TIME ZONE 'UTC', '"\\""YYYY-MM-DD"T"HH24:MI:SS.MS"Z\\""'), 'null')`),
  ],
};

/** Looked up row by row, and by LIMIT never joined whole: one scan for the page is no faster, and a subquery in the row slower. */
const ADDRESS = Prisma.sql`
  LEFT JOIN LATERAL (
    SELECT a.email FROM request_account a WHERE a.request_id = t.request_id AND a.account_id = o.account_id LIMIT 1
  ) AS a ON true`;

/** Where a page begins, ends, or has stopped to look: an `OutcomeKey` as the cursor has it. */
const KEY = Prisma.sql`edge.target_id || '|' || edge.account_id`;

/** Most statements that are prepared, of whatever columns and sizes: each is a plan in each connection. */
const MOST_PREPARED = 50;

/** What the statement answers with. */
interface TextRow {
  /** Null: there are none. */
  readonly nodes: string | null;
  /** Rows read: one more than the page shows, when it goes on. */
  readonly read: number;
  /** Keys of the first and the last row that the page shows, in the order in which they were read. */
  readonly first: string | null;
  readonly last: string | null;
  readonly edge: string | null;
}

/** Reads pages of outcomes as the JSON that they are answered with. */
export function createOutcomesAsText(
  prisma: GatewayPrisma,
  limits: WalkLimits,
): HistoryStore['outcomesAsText'] {
  // By the arrays: the same columns come as the same one, since a compiled query brings them.
  const lists = new WeakMap<readonly TextColumn<OutcomeColumn>[], string>();
  const names = new Set<string>();
  const texts = new Map<string, string>();

  const nameOf = (columns: readonly TextColumn<OutcomeColumn>[], asked: PreparedPage): string | null => {
    let list = lists.get(columns);
    if (list === undefined) {
      lists.set(columns, (list = listNameOf(columns)));
    }
    const name = preparedName(list, asked);
    if (name !== null && names.size < MOST_PREPARED) {
      names.add(name);
    }
    return name !== null && names.has(name) ? name : null;
  };

  return async (caller, filter, page, columns) => {
    const name = nameOf(columns, { caller, filter, page, limits });
    const { targetId, accountId } = outcomeBound(page);
    let text = name === null ? undefined : texts.get(name);
    let values: unknown[] = [targetId, accountId];
    if (text === undefined) {
      const statement = selectOutcomesAsText(caller, filter, page, columns, limits);
      const sql = name === null ? statement : prepared(name, statement);
      // Made once where only the cursor differs: making it is a tenth of what the page allocates.
      if (name !== null && isDeepStrictEqual(sql.values, values)) {
        texts.set(name, sql.text);
      }
      ({ text, values } = sql);
    }
    return toTextPage(await prisma.$readRow<TextRow>({ text, values }), page);
  };
}

function toTextPage({ nodes, read, first, last, edge }: TextRow, page: PageArgs): TextPage {
  const [newest, oldest] = 'last' in page ? [last, first] : [first, last];
  const ends = endsOf({ isLong: read === limitOf(page), newest, oldest, edge }, page);
  return {
    ...ends,
    nodes: nodes ?? '',
    startCursor: cursorOf(ends.startCursor),
    endCursor: cursorOf(ends.endCursor),
  };
}

function cursorOf(key: string | null): string | null {
  if (key === null) {
    return null;
  }
  const [targetId = '', accountId = ''] = key.split('|');
  return outcomeCursor({ targetId, accountId });
}

/** The statement for one page: what it shows as one text, and what it takes to go on from it. */
export function selectOutcomesAsText(
  caller: Caller,
  filter: OutcomeFilter,
  page: PageArgs,
  columns: readonly TextColumn<OutcomeColumn>[],
  limits: WalkLimits = WALK_LIMITS,
): Prisma.Sql {
  const walk = outcomesFor(caller, filter, page).page(limits);
  const { order } = directionOf(page);
  const size = Prisma.sql`${limitOf(page) - 1}::int`;
  const { shared, node } = writeNode(columns);
  const address = columns.some(({ column }) => column === 'email') ? ADDRESS : Prisma.empty;
  const ctes = [
    ...walk.ctes,
    Prisma.sql`page AS MATERIALIZED (
      SELECT * FROM (${walk.rows}) AS o ORDER BY o.target_id ${order}, o.account_id ${order})`,
    Prisma.sql`size AS MATERIALIZED (SELECT count(*)::int AS read FROM page)`,
    Prisma.sql`target_of_page AS MATERIALIZED (
      SELECT ${Prisma.join([Prisma.sql`t.id, t.request_id`, ...shared])}
      FROM (SELECT DISTINCT target_id FROM page) AS p
      CROSS JOIN LATERAL (SELECT * FROM target t WHERE t.id = p.target_id LIMIT 1) AS t
      CROSS JOIN LATERAL (SELECT * FROM lane l WHERE l.id = t.lane_id LIMIT 1) AS l)`,
  ];
  return Prisma.sql`${withAll(ctes)}
    SELECT (
        SELECT string_agg(${node}, ',' ORDER BY o.target_id DESC, o.account_id DESC)
        FROM (SELECT * FROM page LIMIT ${size}) AS o JOIN target_of_page AS t ON t.id = o.target_id ${address}
      ) AS nodes,
      size.read,
      (SELECT ${KEY} FROM page AS edge LIMIT 1) AS first,
      (SELECT ${KEY} FROM page AS edge OFFSET GREATEST(LEAST(size.read, ${size}) - 1, 0) LIMIT 1) AS last,
      ${walk.edge === null ? Prisma.sql`NULL` : Prisma.sql`(SELECT ${KEY} FROM (${walk.edge}) AS edge)`} AS edge
    FROM size`;
}

/**
 * How an outcome `o` of a target `t` is written, and the columns of `t` that this takes. The fewer `||`, the faster: what
 * stands between two columns of the outcome is one text, and written once for each target where it tells of the target.
 */
function writeNode(columns: readonly TextColumn<OutcomeColumn>[]): {
  shared: Prisma.Sql[];
  node: Prisma.Sql;
} {
  const shared: Prisma.Sql[] = [];
  const node: (string | Prisma.Sql)[] = [];
  let between: Piece[] = ['{'];
  const endBetween = (): void => {
    const texts = between.map((piece) => (typeof piece === 'string' ? piece : piece.sql));
    if (between.every((piece) => typeof piece === 'string')) {
      node.push(...texts);
    } else {
      const name = Prisma.raw(`shared_${shared.length}`);
      shared.push(Prisma.sql`${concatenated(texts)} AS ${name}`);
      node.push(Prisma.sql`t.${name}`);
    }
    between = [];
  };

  columns.forEach(({ as, column }, index) => {
    between.push(`${index === 0 ? '' : ','}"${as}":`);
    for (const piece of COLUMNS[column]) {
      if (typeof piece === 'string' || piece.isShared) {
        between.push(piece);
      } else {
        endBetween();
        node.push(piece.sql);
      }
    }
  });
  between.push('}');
  endBetween();
  return { shared, node: concatenated(node) };
}

/** All of it as one text; strings that follow one another are one. */
function concatenated(pieces: readonly (string | Prisma.Sql)[]): Prisma.Sql {
  const terms: Prisma.Sql[] = [];
  let text = '';
  const endText = (): void => {
    if (text !== '') {
      terms.push(Prisma.raw(`'${text}'`));
    }
    text = '';
  };
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      text += piece;
    } else {
      endText();
      terms.push(piece);
    }
  }
  endText();
  return Prisma.join(terms, ' || ');
}

function ofRow(sql: Prisma.Sql): Piece {
  return { sql, isShared: false };
}

function ofTarget(sql: Prisma.Sql): Piece {
  return { sql, isShared: true };
}

/** Written out: a prepared statement is known by its text. */
function literals(words: readonly string[]): Prisma.Sql {
  return Prisma.raw(words.map((word) => `'${word}'`).join(', '));
}

/** A short name for the list with these columns: PostgreSQL cuts those of statements to 63 characters. */
function listNameOf(columns: readonly TextColumn<OutcomeColumn>[]): string {
  const hash = createHash('sha256').update(JSON.stringify(columns)).digest('hex');
  return `outcomes_${hash.slice(0, 16)}`;
}
