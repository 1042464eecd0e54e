import { Prisma } from '../../../generated/client.js';
import type { OutcomeRow, Page, PageArgs } from '../../../ports/history.js';
import type { OutcomeKey } from '../../../ports/pages.js';
import { outcomeCursor } from '../../sql/cursors.js';
import { type JsonPage, type JsonRow, toDate, toPage } from '../../sql/jsonPages.js';
import { SENDS } from './sends.js';

/** The JSON of an `OutcomeRow`, with OUTCOME_JOINS. json_build_object costs twice as much: it looks up the type of each argument. */
export const OUTCOME = Prisma.sql`row_to_json(entry)`;

/** The tables that the row of an outcome `o` is read from. LIMIT 1 makes each a look-up by primary key for one outcome. */
export const OUTCOME_JOINS = Prisma.sql`
  CROSS JOIN LATERAL (SELECT t.request_id, t.operation FROM target t WHERE t.id = o.target_id LIMIT 1) AS t
  CROSS JOIN LATERAL (SELECT * FROM lane l WHERE l.id = o.lane_id LIMIT 1) AS l
  LEFT JOIN LATERAL (
    SELECT a.email FROM request_account a WHERE a.request_id = t.request_id AND a.account_id = o.account_id LIMIT 1
  ) AS a ON true
  CROSS JOIN LATERAL (
    SELECT o.target_id::text AS "targetId", o.account_id AS "accountId", t.request_id AS "requestId", a.email,
      t.operation, l.administrator, l.service, l.region, o.status, o.reason_code AS "reasonCode", o.reason,
      ${SENDS} AS sends, o.settled_at AS "settledAt", o.call_ids[cardinality(o.call_ids)] AS "callId"
  ) AS entry`;

/** The JSON of a page end, an `OutcomeKey`, for `selectPage`. */
export const OUTCOME_PAGE_END = Prisma.sql`json_build_object('targetId', page_end.target_id::text, 'accountId', page_end.account_id)`;

/** A subquery for the JSON array of outcomes, newest first. */
export function toOutcomeList(outcomes: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    SELECT COALESCE(json_agg(${OUTCOME} ORDER BY o.target_id DESC, o.account_id DESC), '[]')
    FROM (${outcomes}) AS o ${OUTCOME_JOINS}`;
}

/** The page of outcomes that a statement answered with. */
export function toOutcomePage(
  { rows, pageEnd }: JsonPage<JsonRow<OutcomeRow>, OutcomeKey>,
  page: PageArgs,
): Page<OutcomeRow> {
  return toPage({ rows, pageEnd: pageEnd && outcomeCursor(pageEnd) }, page, toOutcomeRow, outcomeCursor);
}

/** An outcome from its JSON. */
export function toOutcomeRow(json: JsonRow<OutcomeRow>): OutcomeRow {
  return { ...json, settledAt: toDate(json.settledAt) };
}
