import { Prisma } from '../../generated/client.js';
import { ACCOUNTS_PER_CALL } from '../../membership.js';
import type { ClaimLimits, Lane } from '../../ports/laneRecord.js';
import { ALL_HANDED_OUT, isTakenAhead } from '../sql/handedOut.js';
import { numberLiteral } from '../sql/literals.js';
import { unsettledCalls } from '../sql/unsettledCalls.js';

/*
 * The accounts of a claim (claimCall.ts), in three steps: those that wait, those that are chosen, and those that the call takes.
 *
 * OFFSET 0 and LIMIT 1 make each look-up one by key, with any statistics: those of a moment when a table was small would have
 * the planner read it whole. The limits are literals: with parameters the plan for any values would look expensive, and PostgreSQL
 * would plan each claim anew, which takes longer than the claim.
 */

/**
 * Targets that one claim considers, the longest unserved first. One account from each fills a call of 50, and a claim
 * reads no more however many requests wait.
 */
const TARGETS_CONSIDERED = numberLiteral(64);

/** Accounts that one claim considers per batch key: enough for a full call when 75 % of them are held up by others. */
const ACCOUNTS_CONSIDERED = numberLiteral(4 * ACCOUNTS_PER_CALL);

/** Accounts that fill a call. */
const FULL_CALL = numberLiteral(ACCOUNTS_PER_CALL);

/**
 * The CTE `next_account`: of each waiting target the accounts that it hands out next, with their places. And what else the
 * lane has: `busy`, the accounts in flight; `in_order`, the targets with accounts that are handed out in order; `queue`,
 * whether any account waits in it.
 *
 * An answered call that is not settled may have settled some of its accounts.
 */
export function waitingAccounts({ service }: Lane, { detectorId }: ClaimLimits): Prisma.Sql {
  const mayUseUnpinned = service !== 'GUARDDUTY' || detectorId !== null;
  return Prisma.sql`
    waiting AS MATERIALIZED (
      SELECT t.id, t.request_id, t.batch_key, t.turn, t.handed_out_to, t.took_ahead
      FROM held JOIN target t ON t.lane_id = held.id
      WHERE t.pending > 0 AND t.turn <= now() AND (t.detector_pinned OR ${mayUseUnpinned}::boolean)
      ORDER BY t.turn, t.id
      LIMIT ${TARGETS_CONSIDERED}
    ),
    next_account AS MATERIALIZED (
      SELECT w.id AS target_id, w.request_id, w.batch_key, w.turn, n.*
      FROM waiting w CROSS JOIN LATERAL (
        SELECT each.*, row_number() OVER (ORDER BY due_at NULLS LAST, account_id) AS rank
        FROM (
          (
            SELECT ctid AS at, account_id, due_at, NULL::text AS handed_out_to, NULL::text AS email FROM queued_account
            WHERE target_id = w.id AND due_at <= now()
            ORDER BY due_at, account_id
            LIMIT ${FULL_CALL}
          )
          UNION ALL
          (
            SELECT NULL, a.account_id, NULL, w.handed_out_to, a.email FROM request_account a
            WHERE w.handed_out_to <> ${ALL_HANDED_OUT} AND (a.request_id, a.account_id) > (w.request_id, w.handed_out_to)
              AND (a.request_id, a.account_id) < (w.request_id, ${ALL_HANDED_OUT})
              AND NOT ${isTakenAhead(Prisma.sql`w`, Prisma.sql`a.account_id`)}
            ORDER BY a.request_id, a.account_id
            LIMIT ${FULL_CALL}
          )
        ) each
      ) n
    ),
    busy AS (
      SELECT sent.account_id
      FROM held
      CROSS JOIN LATERAL ${unsettledCalls(Prisma.sql`held.id`)} c
      CROSS JOIN LATERAL (SELECT target_id, account_ids FROM send WHERE call_id = c.id OFFSET 0) s
      CROSS JOIN LATERAL unnest(s.account_ids) AS sent (account_id)
      WHERE c.status = 'SENT' OR (
        NOT EXISTS (SELECT FROM outcome o WHERE o.target_id = s.target_id AND o.account_id = sent.account_id OFFSET 0)
        AND NOT EXISTS (
          SELECT FROM queued_account q
          WHERE q.target_id = s.target_id AND q.account_id = sent.account_id AND q.due_at IS NOT NULL
          OFFSET 0
        )
      )
    ),
    in_order AS MATERIALIZED (
      SELECT t.id, t.request_id, t.batch_key, t.handed_out_to, t.took_ahead
      FROM held JOIN target t ON t.lane_id = held.id
      WHERE t.pending > 0 AND t.handed_out_to <> ${ALL_HANDED_OUT}
    ),
    queue AS MATERIALIZED (
      SELECT EXISTS (
        SELECT FROM held JOIN target t ON t.lane_id = held.id
        WHERE t.pending > 0 AND EXISTS (SELECT FROM queued_account WHERE target_id = t.id OFFSET 0)
      ) AS is_used
    )`;
}

/** The CTE `chosen`: up to 50 of these accounts that may share a call, each with its place in the record and its e-mail. */
export function chosenAccounts(laneId: number, { fullOnly, busyBatchKeys }: ClaimLimits): Prisma.Sql {
  return Prisma.sql`
    free AS MATERIALIZED (
      SELECT n.* FROM (
        SELECT next_account.*, row_number() OVER (PARTITION BY batch_key ORDER BY rank, turn, target_id) AS place
        FROM next_account
      ) n
      WHERE n.place <= ${ACCOUNTS_CONSIDERED} AND n.account_id NOT IN (SELECT account_id FROM busy)
        AND NOT ${isAskedBefore(laneId, Prisma.sql`n`)}
    ),
    batch AS (
      SELECT batch_key FROM free
      GROUP BY batch_key
      HAVING count(DISTINCT account_id) >= ${FULL_CALL}
        OR NOT (${fullOnly}::boolean OR batch_key = ANY (${busyBatchKeys}::text[]))
      ORDER BY min(turn), batch_key
      LIMIT 1
    ),
    ranked AS (
      SELECT DISTINCT ON (f.account_id) f.*, min(f.rank) OVER one AS first_rank, min(f.turn) OVER one AS first_turn
      FROM free f JOIN batch USING (batch_key)
      WINDOW one AS (PARTITION BY f.account_id)
      ORDER BY f.account_id, f.target_id
    ),
    chosen AS MATERIALIZED (
      SELECT target_id, account_id, batch_key, at, handed_out_to, CASE
        WHEN at IS NULL THEN email
        ELSE (SELECT a.email FROM request_account a WHERE a.request_id = r.request_id AND a.account_id = r.account_id)
      END AS email
      FROM (SELECT * FROM ranked ORDER BY first_rank, first_turn, account_id LIMIT ${FULL_CALL}) r
    )`;
}

/** The CTE `taken`: the chosen accounts, each for every request that shares the call. */
export function takenAccounts(callId: string, laneId: number): Prisma.Sql {
  return Prisma.sql`
    riders AS (
      SELECT rider.target_id, rider.at, rider.handed_out_to, c.account_id, c.batch_key, c.email
      FROM chosen c CROSS JOIN LATERAL (
        SELECT q.target_id, q.ctid AS at, NULL::text AS handed_out_to, t.request_id, t.batch_key
        FROM queued_account q CROSS JOIN LATERAL (
          SELECT request_id, batch_key FROM target WHERE id = q.target_id LIMIT 1
        ) t
        WHERE (SELECT is_used FROM queue) AND q.lane_id = ${laneId}::int AND q.account_id = c.account_id AND q.due_at IS NOT NULL
        UNION ALL
        SELECT r.id, NULL, r.handed_out_to, r.request_id, r.batch_key
        FROM in_order r
        WHERE c.account_id > r.handed_out_to AND NOT ${isTakenAhead(Prisma.sql`r`, Prisma.sql`c.account_id`)}
      ) rider
      WHERE rider.target_id <> c.target_id AND rider.batch_key = c.batch_key AND EXISTS (
        SELECT FROM request_account a
        WHERE a.request_id = rider.request_id AND a.account_id = c.account_id AND a.email IS NOT DISTINCT FROM c.email
        OFFSET 0
      )
    ),
    asked AS MATERIALIZED (
      SELECT target_id, account_id, at, handed_out_to, email FROM chosen
      UNION ALL
      SELECT r.target_id, r.account_id, r.at, r.handed_out_to, r.email FROM riders r
      WHERE NOT ${isAskedBefore(laneId, Prisma.sql`r`)}
    ),
    from_queue AS (
      UPDATE queued_account q SET due_at = NULL, call_ids = q.call_ids || ${callId}::uuid
      FROM asked
      WHERE q.ctid = asked.at AND q.due_at IS NOT NULL
      RETURNING q.target_id, q.account_id, asked.email, NULL::text AS handed_out_to
    ),
    taken AS MATERIALIZED (
      SELECT * FROM from_queue
      UNION ALL
      SELECT target_id, account_id, email, handed_out_to FROM asked WHERE handed_out_to IS NOT NULL
    ),
    reached AS MATERIALIZED (
      SELECT n.target_id, max(n.account_id) AS account_id
      FROM next_account n JOIN taken USING (target_id, account_id)
      WHERE n.at IS NULL
      GROUP BY n.target_id
    )`;
}

/**
 * The condition that an older request of the lane, of another batch key, still asks for the account of `row`.
 *
 * @param row a row with target_id, account_id and batch_key.
 */
function isAskedBefore(laneId: number, row: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(
    (SELECT is_used FROM queue) AND EXISTS (
      SELECT FROM queued_account older
      WHERE older.lane_id = ${laneId}::int AND older.account_id = ${row}.account_id AND older.target_id < ${row}.target_id
        AND (SELECT batch_key FROM target WHERE id = older.target_id) <> ${row}.batch_key
      OFFSET 0
    )
    OR EXISTS (
      SELECT FROM in_order older
      WHERE older.id < ${row}.target_id AND older.batch_key <> ${row}.batch_key AND ${row}.account_id > older.handed_out_to
        AND EXISTS (
          SELECT FROM request_account WHERE request_id = older.request_id AND account_id = ${row}.account_id OFFSET 0
        )
        AND NOT ${isTakenAhead(Prisma.sql`older`, Prisma.sql`${row}.account_id`)}
    )
  )`;
}
