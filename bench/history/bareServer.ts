/*
 * The least that a page from the record costs: node:http, pg and one prepared statement, in which PostgreSQL writes the
 * answer as it leaves. DATABASE_URL names the record.
 */
import pg from 'pg';
import { EXTENSIONS, PAGE_SIZE, placeOf } from './page.ts';
import { serve } from './serve.ts';

const STATEMENT = `
  SELECT string_agg(row_to_json(entry)::text, ',' ORDER BY target_id DESC, account_id DESC) FILTER (WHERE place <= ${PAGE_SIZE}) AS nodes,
    count(*) > ${PAGE_SIZE} AS "hasNextPage",
    max(target_id::text || '|' || account_id) FILTER (WHERE place = ${PAGE_SIZE}) AS last
  FROM (
    SELECT o.target_id, o.account_id, row_number() OVER (ORDER BY o.target_id DESC, o.account_id DESC) AS place, entry
    FROM (
      SELECT * FROM outcome o WHERE (o.target_id, o.account_id) < ($1::bigint, $2)
      ORDER BY o.target_id DESC, o.account_id DESC LIMIT ${PAGE_SIZE + 1}
    ) AS o
    JOIN target t ON t.id = o.target_id
    JOIN lane l ON l.id = o.lane_id
    LEFT JOIN request_account a ON a.request_id = t.request_id AND a.account_id = o.account_id
    CROSS JOIN LATERAL (
      SELECT 'outcome_' || o.target_id || '_' || o.account_id AS id, o.account_id AS "accountId", a.email, t.operation, l.service,
        l.region, o.status, o.reason_code AS "reasonCode", o.reason,
        to_char(o.settled_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "settledAt"
    ) AS entry
  ) AS page`;

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
const extensions = JSON.stringify(EXTENSIONS);

const NOTHING: Row = { nodes: null, hasNextPage: false, last: null };

interface Row {
  readonly nodes: string | null;
  readonly hasNextPage: boolean;
  readonly last: string | null;
}

serve(async ({ after }) => {
  const { targetId, accountId } = placeOf(after);
  const { rows } = await pool.query<Row>({ name: 'page', text: STATEMENT, values: [targetId, accountId] });
  const [{ nodes, hasNextPage, last } = NOTHING] = rows;
  const endCursor = last && Buffer.from(`1|outcomes|${last}`).toString('base64url');
  return `{"data":{"outcomes":{"nodes":[${nodes ?? ''}],"pageInfo":${JSON.stringify({ hasNextPage, endCursor })}}},"extensions":${extensions}}\n`;
});
