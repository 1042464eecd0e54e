import { v7 as uuidv7 } from 'uuid';
import { Prisma, type PrismaClient } from '../../generated/client.js';
import { ACCOUNTS_PER_CALL, type MembershipOperation } from '../../membership.js';
import type { ClaimedCall, ClaimLimits, Tenure } from '../../ports/laneRecord.js';
import { hasQuota, SECONDS_TO_FULL_BURST, withoutOne } from './laneQuota.js';

/**
 * Targets that one claim considers, the longest unserved first. One account from each fills a call of 50, and a claim
 * reads no more however many requests wait.
 */
const TARGETS_CONSIDERED = 64;

/** Accounts that one claim considers per batch key: enough for a full call when 75 % of them are held up by others. */
const ACCOUNTS_CONSIDERED = 4 * ACCOUNTS_PER_CALL;

/** Time until a target whose accounts are all held up is considered again. */
const HELD_UP_SECONDS = 0.2;

interface ClaimRow {
  operation: MembershipOperation;
  batchKey: string;
  detectorId: string | null;
  detectorPinned: boolean;
  message: string | null;
  disableEmailNotification: boolean | null;
  startedAt: Date;
  pendingInLane: number;
  secondsToFullBurst: number;
  accounts: { accountId: string; email: string | null }[];
}

/**
 * Claims the lane's next call: writes it as SENT with its outcomes IN_FLIGHT, so that the commit of this statement
 * comes before the send. Null when nothing may leave now.
 *
 * - The lane's row is locked while its holder is checked: a takeover waits for this statement or makes it empty. With it
 *   the quota is checked and spent, which reads of any replica spend too: together they never exceed it.
 * - Accounts are taken in turns from the waiting targets, so one account never waits behind ten thousand; `turn` puts a
 *   served target at the end of the line.
 * - An account with another outcome of the lane in flight waits, and so does one that an older request of another batch
 *   key still asks for: no two calls in flight share an account, and the operations of an account take effect in the order of
 *   their requests.
 * - Every pending outcome of the same account, batch key and e-mail shares the call: requested twice, sent once. Unless
 *   another operation was requested in between: an account created, deleted and created again is created twice.
 * - The request's row is passed over when another lane has it: that lane is starting the request, and its commit is not
 *   waited for.
 * - COALESCE around a status keeps the planner from the partial indexes where a row is named by its place already.
 * - Outcomes are locked as they are now and then moved by ctid: what a cancellation withdrew while this statement waited
 *   for the lane stays withdrawn.
 */
export async function claimCall(
  prisma: PrismaClient,
  { lane, holder }: Tenure,
  limits: ClaimLimits,
): Promise<ClaimedCall | null> {
  const callId = uuidv7();
  const mayUseUnpinned = lane.service !== 'GUARDDUTY' || limits.detectorId !== null;
  const rows = await prisma.$queryRaw<ClaimRow[]>(Prisma.sql`
    /* prepared: claim_call */
    WITH held AS MATERIALIZED (
      SELECT id FROM lane
      WHERE id = ${lane.id}::int AND holder = ${holder}::uuid AND ${hasQuota(limits.rate)}
      FOR NO KEY UPDATE
    ),
    waiting AS MATERIALIZED (
      SELECT t.id, t.batch_key, t.turn
      FROM held JOIN target t ON t.lane_id = held.id
      WHERE t.pending > 0 AND t.turn <= now() AND (t.detector_pinned OR ${mayUseUnpinned}::boolean)
      ORDER BY t.turn, t.id
      LIMIT ${TARGETS_CONSIDERED}::int
    ),
    due AS (
      SELECT w.id AS target_id, w.batch_key, w.turn, o.account_id, o.rank
      FROM waiting w CROSS JOIN LATERAL (
        SELECT p.account_id, row_number() OVER (ORDER BY p.due_at, p.account_id) AS rank
        FROM (
          SELECT account_id, due_at FROM outcome
          WHERE target_id = w.id AND status = 'PENDING' AND due_at <= now()
          ORDER BY due_at, account_id
          LIMIT ${ACCOUNTS_PER_CALL}::int
        ) p
      ) o
    ),
    free AS MATERIALIZED (
      SELECT d.* FROM (
        SELECT due.*, row_number() OVER (PARTITION BY batch_key ORDER BY rank, turn, target_id) AS place FROM due
      ) d
      WHERE d.place <= ${ACCOUNTS_CONSIDERED}::int AND NOT EXISTS (
        SELECT FROM outcome other
        WHERE other.lane_id = ${lane.id}::int AND other.account_id = d.account_id
          AND other.settled_at IS NULL
          AND (other.status = 'IN_FLIGHT' OR (
            other.target_id < d.target_id
            AND (SELECT batch_key FROM target WHERE id = other.target_id) <> d.batch_key
          ))
        OFFSET 0
      )
    ),
    batch AS (
      SELECT batch_key FROM free
      GROUP BY batch_key
      HAVING count(DISTINCT account_id) >= ${ACCOUNTS_PER_CALL}::int
        OR NOT (${limits.fullOnly}::boolean OR batch_key = ANY (${limits.busyBatchKeys}::text[]))
      ORDER BY min(turn), batch_key
      LIMIT 1
    ),
    chosen AS MATERIALIZED (
      SELECT f.account_id, min(f.target_id) AS target_id, f.batch_key
      FROM free f JOIN batch USING (batch_key)
      GROUP BY f.account_id, f.batch_key
      ORDER BY min(f.rank), min(f.turn), f.account_id
      LIMIT ${ACCOUNTS_PER_CALL}::int
    ),
    carried AS MATERIALIZED (
      SELECT rider.*, asked.email
      FROM chosen c
      CROSS JOIN LATERAL (
        SELECT a.email FROM target t JOIN request_account a ON a.request_id = t.request_id
        WHERE t.id = c.target_id AND a.account_id = c.account_id
        OFFSET 0
      ) asked
      CROSS JOIN LATERAL (
        SELECT o.ctid AS at, o.target_id, o.account_id
        FROM outcome o
        JOIN target t ON t.id = o.target_id
        JOIN request_account a ON a.request_id = t.request_id AND a.account_id = o.account_id
        WHERE o.lane_id = ${lane.id}::int AND o.account_id = c.account_id AND o.settled_at IS NULL
          AND COALESCE(o.status = 'PENDING', false)
          AND t.batch_key = c.batch_key AND a.email IS NOT DISTINCT FROM asked.email
          AND (o.target_id = c.target_id OR NOT EXISTS (
            SELECT FROM outcome older
            WHERE older.lane_id = ${lane.id}::int AND older.account_id = o.account_id AND older.settled_at IS NULL
              AND older.target_id < o.target_id
              AND (SELECT batch_key FROM target WHERE id = older.target_id) <> c.batch_key
            OFFSET 0
          ))
        FOR UPDATE OF o
      ) rider
    ),
    moved AS (
      UPDATE outcome o SET status = 'IN_FLIGHT', call_ids = o.call_ids || ${callId}::uuid
      FROM carried
      WHERE o.ctid = ANY (ARRAY(SELECT at FROM carried)) AND o.ctid = carried.at AND COALESCE(o.status = 'PENDING', false)
      RETURNING o.target_id, o.account_id, carried.email
    ),
    spread AS (
      SELECT target_id, count(*)::int AS accounts, array_agg(account_id ORDER BY account_id) AS account_ids
      FROM moved GROUP BY target_id
    ),
    served AS (
      UPDATE target t SET
        pending = t.pending - spread.accounts, in_flight = t.in_flight + spread.accounts,
        turn = clock_timestamp(), detector_id = COALESCE(t.detector_id, ${limits.detectorId})
      FROM spread WHERE t.id = spread.target_id
      RETURNING t.id, t.request_id, t.batch_key, t.detector_pinned,
        CASE WHEN t.detector_pinned THEN t.detector_id ELSE ${limits.detectorId} END AS detector_id
    ),
    passed_over AS (
      UPDATE target t SET turn = GREATEST(
        (SELECT min(due_at) FROM outcome WHERE target_id = t.id AND status = 'PENDING'),
        now() + make_interval(secs => ${HELD_UP_SECONDS}::float8)
      )
      FROM waiting w
      WHERE t.id = w.id
        AND NOT EXISTS (SELECT FROM free WHERE free.target_id = w.id)
        AND NOT EXISTS (SELECT FROM spread WHERE spread.target_id = w.id)
    ),
    starting AS MATERIALIZED (
      SELECT id FROM request
      WHERE id IN (SELECT request_id FROM served) AND status = 'PENDING'
      ORDER BY id FOR UPDATE SKIP LOCKED
    ),
    started AS (
      UPDATE request r SET status = 'RUNNING', started_at = now() FROM starting
      WHERE r.id = starting.id AND r.status = 'PENDING'
    ),
    described AS (
      SELECT r.operation, r.message, r.disable_email_notification, s.batch_key, s.detector_id, s.detector_pinned
      FROM served s JOIN request r ON r.id = s.request_id
      LIMIT 1
    ),
    written AS (
      INSERT INTO call (id, lane_id, operation, detector_id, account_count, started_at, attempts)
      SELECT ${callId}::uuid, ${lane.id}::int, d.operation, d.detector_id,
        (SELECT count(DISTINCT account_id) FROM moved), clock_timestamp(), 0
      FROM described d
      RETURNING started_at
    ),
    paced AS (
      UPDATE lane SET quota_back_at = ${withoutOne(limits.rate)} FROM written
      WHERE lane.id = ${lane.id}::int
      RETURNING ${SECONDS_TO_FULL_BURST} AS seconds_to_full_burst
    ),
    listed AS (
      INSERT INTO send (call_id, target_id, account_ids)
      SELECT ${callId}::uuid, spread.target_id, spread.account_ids FROM spread
    )
    SELECT d.operation::text AS operation, d.batch_key AS "batchKey", d.detector_id AS "detectorId",
      d.detector_pinned AS "detectorPinned", d.message,
      d.disable_email_notification AS "disableEmailNotification", w.started_at AS "startedAt",
      paced.seconds_to_full_burst AS "secondsToFullBurst",
      (
        SELECT COALESCE(sum(pending), 0) - (SELECT count(*) FROM moved)
        FROM target WHERE lane_id = ${lane.id}::int AND pending > 0
      )::int AS "pendingInLane",
      (
        SELECT json_agg(json_build_object('accountId', one.account_id, 'email', one.email) ORDER BY one.account_id)
        FROM (SELECT DISTINCT account_id, email FROM moved) one
      ) AS accounts
    FROM described d CROSS JOIN written w CROSS JOIN paced
  `);
  const row = rows[0];
  return row === undefined ? null : { callId, ...row };
}
