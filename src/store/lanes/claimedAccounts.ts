import { Prisma } from '../../generated/client.js';
import { ACCOUNTS_PER_CALL } from '../../membership.js';
import { ALL_HANDED_OUT, isTakenAhead } from '../sql/handedOut.js';
import { numberLiteral } from '../sql/literals.js';
import { unsettledCalls } from '../sql/unsettledCalls.js';

/*
 * The accounts of a claim (claimCalls.ts), in three steps: those that wait, those that are chosen, and those that the calls take.
 * Each step keeps the lanes of the statement apart: every row has its lane.
 *
 * OFFSET 0 and LIMIT 1 make each look-up one by key.
 */

/**
 * Targets of a lane that one claim considers, the longest unserved first. One account from each fills a call of 50, and a claim
 * reads no more however many requests wait.
 */
const TARGETS_CONSIDERED = numberLiteral(64);

/** Accounts that one claim considers per batch key and call: enough for a full call when 75 % of them are held up by others. */
const ACCOUNTS_CONSIDERED = numberLiteral(4 * ACCOUNTS_PER_CALL);

/** Accounts that fill a call. */
const FULL_CALL = numberLiteral(ACCOUNTS_PER_CALL);

/**
 * The CTE `next_account`: of each waiting target the accounts that it hands out next, with their places. And what else each
 * lane has: `busy`, the accounts in flight; `in_order`, the targets with accounts that are handed out in order; `next_end`, up to
 * where a target's next accounts go in that order.
 *
 * A target is alone (`is_alone`) if no other one of its lane waits or has accounts in flight, and its accounts go in order. Its next
 * accounts are then what the calls take, and none of them is compared with any other.
 *
 * An answered call that is not settled may have settled some of its accounts. Of a target that waits, `busy` has accounts for
 * other targets only: itself, it hands no account out twice at a time.
 */
export const WAITING_ACCOUNTS = Prisma.sql`
  queue AS MATERIALIZED (
    SELECT held.*, EXISTS (
      SELECT FROM target t
      WHERE t.lane_id = held.lane_id AND t.pending > 0 AND EXISTS (SELECT FROM queued_account WHERE target_id = t.id OFFSET 0)
      OFFSET 0
    ) AS is_used, (
      SELECT count(*) = 1 FROM (SELECT FROM target WHERE lane_id = held.lane_id AND pending > 0 LIMIT 2) t
    ) AS has_one
    FROM held
  ),
  waiting AS MATERIALIZED (
    SELECT t.*, queue.calls, queue.is_used AS queue_is_used,
      queue.has_one AND NOT queue.is_used AND NOT t.took_ahead AND NOT EXISTS (
        SELECT FROM ${unsettledCalls(Prisma.sql`t.lane_id`)} c CROSS JOIN LATERAL (
          SELECT FROM send WHERE call_id = c.id AND target_id <> t.id OFFSET 0
        ) s
      ) AS is_alone
    FROM queue CROSS JOIN LATERAL (
      SELECT id, lane_id, request_id, batch_key, turn, handed_out_to, took_ahead FROM target
      WHERE queue.calls > 0 AND lane_id = queue.lane_id AND pending > 0 AND turn <= now() AND (detector_pinned OR queue.uses_unpinned)
      ORDER BY turn, id
      LIMIT ${TARGETS_CONSIDERED}
    ) t
  ),
  next_account AS MATERIALIZED (
    SELECT w.id AS target_id, w.lane_id, w.batch_key, w.turn, w.calls, w.queue_is_used, w.is_alone, w.request_id, n.*
    FROM waiting w CROSS JOIN LATERAL (
      SELECT each.*, row_number() OVER (ORDER BY due_at NULLS LAST, account_id) AS rank
      FROM (
        (
          SELECT ctid AS at, account_id, due_at, NULL::text AS handed_out_to, NULL::text AS email FROM queued_account
          WHERE target_id = w.id AND due_at <= now()
          ORDER BY due_at, account_id
          LIMIT ${FULL_CALL} * w.calls
        )
        UNION ALL
        (
          SELECT NULL, a.account_id, NULL, w.handed_out_to, a.email FROM request_account a
          WHERE w.handed_out_to <> ${ALL_HANDED_OUT} AND (a.request_id, a.account_id) > (w.request_id, w.handed_out_to)
            AND (a.request_id, a.account_id) < (w.request_id, ${ALL_HANDED_OUT})
            AND NOT ${isTakenAhead(Prisma.sql`w`, Prisma.sql`a.account_id`)}
          ORDER BY a.request_id, a.account_id
          LIMIT ${FULL_CALL} * w.calls
        )
      ) each
    ) n
  ),
  next_end AS MATERIALIZED (
    SELECT target_id, max(account_id) AS account_id, count(*) AS accounts FROM next_account WHERE at IS NULL GROUP BY target_id
  ),
  busy AS MATERIALIZED (
    SELECT held.lane_id, sent.account_id
    FROM held
    CROSS JOIN LATERAL ${unsettledCalls(Prisma.sql`held.lane_id`)} c
    CROSS JOIN LATERAL (
      SELECT target_id, account_ids FROM send
      WHERE call_id = c.id AND EXISTS (SELECT FROM waiting w WHERE w.lane_id = held.lane_id AND w.id <> send.target_id)
      OFFSET 0
    ) s
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
    SELECT t.* FROM held CROSS JOIN LATERAL (
      SELECT id, lane_id, request_id, batch_key, handed_out_to, took_ahead FROM target
      WHERE lane_id = held.lane_id AND pending > 0 AND handed_out_to <> ${ALL_HANDED_OUT}
      OFFSET 0
    ) t
  )`;

/** The CTE `chosen`: of one batch key of each lane, the accounts that fill its calls, each with its call and its e-mail. */
export const CHOSEN_ACCOUNTS = Prisma.sql`
  free AS MATERIALIZED (
    SELECT n.* FROM (
      SELECT next_account.*, row_number() OVER (PARTITION BY lane_id, batch_key ORDER BY rank, turn, target_id) AS place
      FROM next_account WHERE NOT is_alone
    ) n
    WHERE n.place <= ${ACCOUNTS_CONSIDERED} * n.calls
      AND (n.lane_id, n.account_id) NOT IN (SELECT lane_id, account_id FROM busy)
      AND NOT ${isAskedBefore(Prisma.sql`n`)}
  ),
  batch AS MATERIALIZED (
    SELECT DISTINCT ON (held.lane_id) held.lane_id, b.batch_key, held.call_ids[:LEAST(held.calls, GREATEST(b.accounts / ${FULL_CALL}, 1))] AS call_ids
    FROM held JOIN (
      SELECT lane_id, batch_key, min(turn) AS turn, count(DISTINCT account_id)::int AS accounts FROM free GROUP BY lane_id, batch_key
    ) b USING (lane_id)
    WHERE b.accounts >= ${FULL_CALL} OR NOT (held.full_only OR b.batch_key = ANY (held.busy_batch_keys))
    ORDER BY held.lane_id, b.turn, b.batch_key
  ),
  ranked AS (
    SELECT DISTINCT ON (f.lane_id, f.account_id) f.*, batch.call_ids, min(f.rank) OVER one AS first_rank, min(f.turn) OVER one AS first_turn
    FROM free f JOIN batch USING (lane_id, batch_key)
    WINDOW one AS (PARTITION BY f.lane_id, f.account_id)
    ORDER BY f.lane_id, f.account_id, f.target_id
  ),
  chosen AS MATERIALIZED (
    SELECT r.call_id, r.lane_id, r.queue_is_used, r.target_id, r.account_id, r.batch_key, r.at, r.handed_out_to, CASE
      WHEN r.at IS NULL THEN r.email
      ELSE (SELECT a.email FROM request_account a WHERE a.request_id = r.request_id AND a.account_id = r.account_id)
    END AS email
    FROM (
      SELECT ranked.*, call_ids[
        (row_number() OVER (PARTITION BY lane_id ORDER BY first_rank, first_turn, account_id) - 1)::int / ${FULL_CALL} + 1
      ] AS call_id
      FROM ranked
    ) r
    WHERE r.call_id IS NOT NULL
  )`;

/** The CTE `taken`: the chosen accounts, each for every request that shares the call. `reached`: up to where it hands a target out. */
export const TAKEN_ACCOUNTS = Prisma.sql`
  riders AS (
    SELECT c.call_id, c.lane_id, c.queue_is_used, rider.target_id, rider.at, rider.handed_out_to, c.account_id, c.batch_key, c.email
    FROM chosen c CROSS JOIN LATERAL (
      SELECT q.target_id, q.ctid AS at, NULL::text AS handed_out_to, t.request_id, t.batch_key
      FROM queued_account q CROSS JOIN LATERAL (
        SELECT request_id, batch_key FROM target WHERE id = q.target_id LIMIT 1
      ) t
      WHERE c.queue_is_used AND q.lane_id = c.lane_id AND q.account_id = c.account_id AND q.due_at IS NOT NULL
      UNION ALL
      SELECT r.id, NULL, r.handed_out_to, r.request_id, r.batch_key
      FROM in_order r
      WHERE r.lane_id = c.lane_id AND c.account_id > r.handed_out_to
        AND NOT ${isTakenAhead(Prisma.sql`r`, Prisma.sql`c.account_id`)}
    ) rider
    WHERE rider.target_id <> c.target_id AND rider.batch_key = c.batch_key AND EXISTS (
      SELECT FROM request_account a
      WHERE a.request_id = rider.request_id AND a.account_id = c.account_id AND a.email IS NOT DISTINCT FROM c.email
      OFFSET 0
    )
  ),
  asked AS MATERIALIZED (
    SELECT call_id, lane_id, target_id, account_id, at, handed_out_to, email FROM chosen
    UNION ALL
    SELECT held.call_ids[(n.rank - 1)::int / ${FULL_CALL} + 1], n.lane_id, n.target_id, n.account_id, NULL, n.handed_out_to, n.email
    FROM next_account n JOIN next_end USING (target_id) JOIN held ON held.lane_id = n.lane_id
    WHERE n.is_alone AND CASE
      WHEN next_end.accounts < ${FULL_CALL} THEN NOT (held.full_only OR n.batch_key = ANY (held.busy_batch_keys))
      ELSE n.rank <= next_end.accounts / ${FULL_CALL} * ${FULL_CALL}
    END
    UNION ALL
    SELECT r.call_id, r.lane_id, r.target_id, r.account_id, r.at, r.handed_out_to, r.email FROM riders r
    WHERE NOT ${isAskedBefore(Prisma.sql`r`)}
  ),
  from_queue AS (
    UPDATE queued_account q SET due_at = NULL, call_ids = q.call_ids || asked.call_id
    FROM asked
    WHERE q.ctid = asked.at AND q.due_at IS NOT NULL
    RETURNING asked.call_id, asked.lane_id, q.target_id, q.account_id, asked.email, NULL::text AS handed_out_to
  ),
  taken AS MATERIALIZED (
    SELECT * FROM from_queue
    UNION ALL
    SELECT call_id, lane_id, target_id, account_id, email, handed_out_to FROM asked WHERE handed_out_to IS NOT NULL
  ),
  reached AS MATERIALIZED (
    SELECT taken.target_id, max(taken.account_id) AS account_id
    FROM taken JOIN next_end USING (target_id)
    WHERE taken.handed_out_to IS NOT NULL AND taken.account_id <= next_end.account_id
    GROUP BY taken.target_id
  )`;

/**
 * The condition that an older request of the lane, of another batch key, still asks for the account of `row`.
 *
 * @param row a row with lane_id, queue_is_used, target_id, account_id and batch_key.
 */
function isAskedBefore(row: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(
    ${row}.queue_is_used AND EXISTS (
      SELECT FROM queued_account older
      WHERE older.lane_id = ${row}.lane_id AND older.account_id = ${row}.account_id AND older.target_id < ${row}.target_id
        AND (SELECT batch_key FROM target WHERE id = older.target_id) <> ${row}.batch_key
      OFFSET 0
    )
    OR EXISTS (
      SELECT FROM in_order older
      WHERE older.lane_id = ${row}.lane_id AND older.id < ${row}.target_id AND older.batch_key <> ${row}.batch_key
        AND ${row}.account_id > older.handed_out_to
        AND EXISTS (
          SELECT FROM request_account WHERE request_id = older.request_id AND account_id = ${row}.account_id OFFSET 0
        )
        AND NOT ${isTakenAhead(Prisma.sql`older`, Prisma.sql`${row}.account_id`)}
    )
  )`;
}
