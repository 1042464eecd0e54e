import { Prisma } from '../../generated/client.js';
import { ACCOUNTS_PER_CALL } from '../../membership.js';
import { ALL_HANDED_OUT, isTakenAhead } from '../sql/handedOut.js';
import { numberLiteral } from '../sql/literals.js';
import { hideSelectivity } from '../sql/plannerHints.js';
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

/**
 * Accounts that one claim considers per batch key and call: enough for a full call when 75 % of them are held up by others. Of each
 * target it considers those of a full call at the least, so that what it reads does not grow with targets times calls.
 */
const ACCOUNTS_CONSIDERED = numberLiteral(4 * ACCOUNTS_PER_CALL);

/** Accounts that fill a call. */
const FULL_CALL = numberLiteral(ACCOUNTS_PER_CALL);

/**
 * The CTE `next_account`: of each waiting target the accounts that it hands out next, with their places; `next_end`, how many of them it
 * hands out in order, and up to which account. And what else each lane has: `busy`, the accounts in flight; `in_order`, the targets with
 * accounts that are handed out in order.
 *
 * `is_used`: the lane has accounts that are queued one by one and not in flight.
 *
 * A target is alone (`is_alone`) if no other one of its lane waits or has accounts in flight, and its accounts go in order. Its next
 * accounts are then what the calls take, and none of them is compared with any other.
 *
 * An answered call that is not settled may have settled some of its accounts. Of a target that waits, `busy` has accounts for
 * other targets only: itself, it hands no account out twice at a time.
 */
export const WAITING_ACCOUNTS = Prisma.sql`
  queue AS MATERIALIZED (
    SELECT held.lane_id, held.calls, held.uses_unpinned, EXISTS (
      SELECT FROM target t
      WHERE t.lane_id = held.lane_id AND t.pending > 0
        AND (SELECT min(due_at) FROM queued_account WHERE target_id = t.id AND due_at IS NOT NULL) IS NOT NULL
      OFFSET 0
    ) AS is_used, (
      SELECT count(*) FROM (SELECT FROM target WHERE lane_id = held.lane_id AND pending > 0 LIMIT ${TARGETS_CONSIDERED}) t
    ) AS targets
    FROM held
  ),
  waiting AS MATERIALIZED (
    SELECT t.*,
      LEAST(${FULL_CALL} * queue.calls, GREATEST(${FULL_CALL}, ${ACCOUNTS_CONSIDERED} * queue.calls / queue.targets)) AS accounts,
      queue.targets = 1 AND NOT queue.is_used AND NOT t.took_ahead AND NOT EXISTS (
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
    SELECT w.id AS target_id, w.lane_id, w.batch_key, w.turn, w.is_alone, n.*
    FROM waiting w CROSS JOIN LATERAL (
      SELECT account_id, handed_out_to, email, row_number() OVER (ORDER BY due_at NULLS LAST, account_id) AS rank
      FROM (
        (
          SELECT account_id, due_at, NULL::text AS handed_out_to, NULL::text AS email FROM queued_account
          WHERE target_id = w.id AND due_at <= now()
          ORDER BY due_at, account_id
          LIMIT w.accounts
        )
        UNION ALL
        (
          SELECT a.account_id, NULL, w.handed_out_to, a.email FROM request_account a
          WHERE w.handed_out_to <> ${ALL_HANDED_OUT} AND (a.request_id, a.account_id) > (w.request_id, w.handed_out_to)
            AND (a.request_id, a.account_id) < (w.request_id, ${ALL_HANDED_OUT})
            AND NOT ${isTakenAhead(Prisma.sql`w`, Prisma.sql`a.account_id`)}
          ORDER BY a.request_id, a.account_id
          LIMIT w.accounts
        )
      ) each
    ) n
  ),
  next_end AS MATERIALIZED (
    SELECT target_id, is_alone, max(account_id) AS account_id, count(*) AS accounts FROM next_account
    WHERE handed_out_to IS NOT NULL
    GROUP BY target_id, is_alone
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
    SELECT t.*, next_end.account_id AS next_end FROM held CROSS JOIN LATERAL (
      SELECT id, lane_id, request_id, batch_key, handed_out_to, took_ahead FROM target
      WHERE lane_id = held.lane_id AND pending > 0 AND handed_out_to <> ${ALL_HANDED_OUT}
      OFFSET 0
    ) t LEFT JOIN next_end ON next_end.target_id = t.id
  )`;

/**
 * The CTE `chosen`: of one batch key of each lane, the accounts that fill its calls, each with its call.
 *
 * `free`: the accounts that may leave. Targets of one batch key that wait for the same account are one row, the oldest one's: the
 * younger ones have at least as many requests before them.
 */
export const CHOSEN_ACCOUNTS = Prisma.sql`
  free AS MATERIALIZED (
    SELECT n.*, queue.is_used AS queue_is_used FROM (
      SELECT one.*, row_number() OVER (PARTITION BY lane_id, batch_key ORDER BY first_rank, first_turn, account_id) AS place
      FROM (
        SELECT lane_id, batch_key, account_id, min(target_id) AS target_id, min(rank) AS first_rank, min(turn) AS first_turn
        FROM next_account WHERE NOT is_alone
        GROUP BY lane_id, batch_key, account_id
      ) one
    ) n JOIN queue USING (lane_id)
    WHERE n.place <= ${ACCOUNTS_CONSIDERED} * queue.calls
      AND (n.lane_id, n.account_id) NOT IN (SELECT lane_id, account_id FROM busy)
      AND NOT ${isAskedBefore(Prisma.sql`n`, Prisma.sql`queue.is_used`)}
  ),
  batch AS MATERIALIZED (
    SELECT DISTINCT ON (held.lane_id) held.lane_id, b.batch_key, held.call_ids[:LEAST(held.calls, GREATEST(b.accounts / ${FULL_CALL}, 1))] AS call_ids
    FROM held JOIN (
      SELECT lane_id, batch_key, min(first_turn) AS turn, count(*)::int AS accounts FROM free GROUP BY lane_id, batch_key
    ) b USING (lane_id)
    WHERE b.accounts >= ${FULL_CALL} OR NOT (held.full_only OR b.batch_key = ANY (held.busy_batch_keys))
    ORDER BY held.lane_id, b.turn, b.batch_key
  ),
  chosen AS MATERIALIZED (
    SELECT * FROM (
      SELECT lane_id, batch_key, free.account_id, free.target_id, free.queue_is_used, batch.call_ids[
        (row_number() OVER (PARTITION BY lane_id ORDER BY free.place) - 1)::int / ${FULL_CALL} + 1
      ] AS call_id
      FROM free JOIN batch USING (lane_id, batch_key)
    ) each
    WHERE call_id IS NOT NULL
  )`;

/**
 * The CTE `taken`: the chosen accounts, each for every request that shares the call. `askers`: all requests of the lane that ask for a
 * chosen account; one shares the call if it asks for the same, and before any that asks for something else (`first_other`).
 */
export const TAKEN_ACCOUNTS = Prisma.sql`
  askers AS (
    SELECT c.call_id, c.lane_id, c.account_id, asker.target_id, asker.at, asker.handed_out_to, asker.next_end, a.email,
      asker.batch_key = c.batch_key AS is_alike,
      min(asker.target_id) FILTER (WHERE asker.batch_key <> c.batch_key) OVER one AS first_other,
      min(a.email) FILTER (WHERE asker.target_id = c.target_id) OVER one AS call_email
    FROM chosen c CROSS JOIN LATERAL (
      SELECT q.target_id, q.ctid AS at, NULL::text AS handed_out_to, NULL::text AS next_end, t.request_id, t.batch_key
      FROM queued_account q CROSS JOIN LATERAL (
        SELECT request_id, batch_key FROM target WHERE id = q.target_id LIMIT 1
      ) t
      WHERE c.queue_is_used AND q.lane_id = c.lane_id AND q.account_id = c.account_id
        AND ${hideSelectivity(Prisma.sql`q.due_at IS NOT NULL`)}
      UNION ALL
      SELECT o.id, NULL, o.handed_out_to, o.next_end, o.request_id, o.batch_key
      FROM in_order o
      WHERE o.lane_id = c.lane_id AND c.account_id > o.handed_out_to
        AND NOT ${isTakenAhead(Prisma.sql`o`, Prisma.sql`c.account_id`)}
    ) asker CROSS JOIN LATERAL (
      SELECT email FROM request_account WHERE request_id = asker.request_id AND account_id = c.account_id LIMIT 1
    ) a
    WINDOW one AS (PARTITION BY c.lane_id, c.account_id)
  ),
  asked AS MATERIALIZED (
    SELECT call_id, lane_id, target_id, account_id, at, handed_out_to, next_end, email FROM askers
    WHERE is_alike AND email IS NOT DISTINCT FROM call_email AND (first_other IS NULL OR target_id < first_other)
    UNION ALL
    SELECT held.call_ids[(n.rank - 1)::int / ${FULL_CALL} + 1], n.lane_id, n.target_id, n.account_id,
      NULL, n.handed_out_to, next_end.account_id, n.email
    FROM next_account n JOIN next_end USING (target_id) JOIN held ON held.lane_id = n.lane_id
    WHERE next_end.is_alone AND CASE
      WHEN next_end.accounts < ${FULL_CALL} THEN NOT (held.full_only OR n.batch_key = ANY (held.busy_batch_keys))
      ELSE n.rank <= next_end.accounts / ${FULL_CALL} * ${FULL_CALL}
    END
  ),
  from_queue AS (
    UPDATE queued_account q SET due_at = NULL, call_ids = q.call_ids || asked.call_id
    FROM asked
    WHERE q.ctid = asked.at AND ${hideSelectivity(Prisma.sql`q.due_at IS NOT NULL`)}
    RETURNING asked.call_id, asked.lane_id, q.target_id, q.account_id, asked.email,
      NULL::text AS handed_out_to, NULL::text AS next_end
  ),
  taken AS MATERIALIZED (
    SELECT * FROM from_queue
    UNION ALL
    SELECT call_id, lane_id, target_id, account_id, email, handed_out_to, next_end FROM asked WHERE handed_out_to IS NOT NULL
  )`;

/**
 * The condition that an older request of the lane, of another batch key, still asks for the account of `row`.
 *
 * @param row a row with lane_id, target_id, account_id and batch_key.
 * @param queueIsUsed whether `is_used` holds for its lane.
 */
function isAskedBefore(row: Prisma.Sql, queueIsUsed: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(
    ${queueIsUsed} AND EXISTS (
      SELECT FROM queued_account older
      WHERE older.lane_id = ${row}.lane_id AND older.account_id = ${row}.account_id
        AND ${hideSelectivity(Prisma.sql`older.target_id < ${row}.target_id`)}
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
