import { v7 as uuidv7 } from 'uuid';
import { Prisma } from '../../generated/client.js';
import type { ClaimedCall, ClaimLimits, Tenure } from '../../ports/laneRecord.js';
import type { GatewayPrisma } from '../connection/client.js';
import { CHOSEN_ACCOUNTS, TAKEN_ACCOUNTS, WAITING_ACCOUNTS } from './claimedAccounts.js';
import { ALL_HANDED_OUT } from '../sql/handedOut.js';
import { keyIs, hideSelectivity, isAmong } from '../sql/plannerHints.js';
import { LOCKING, type OnLocked } from './lockedLanes.js';
import { requestsNow, SECONDS_TO_FULL_BURST, withoutRequests } from './laneQuota.js';

/** Time until a target whose accounts are all held up is considered again. */
const HELD_UP_UNTIL = Prisma.sql`now() + make_interval(secs => 0.2)`;

/** What one lane asks for. */
export interface LaneClaim {
  readonly tenure: Tenure;
  readonly limits: ClaimLimits;
}

/** A call, or a lane without one: then `call` is null. */
interface ClaimRow {
  holder: string;
  call: Omit<ClaimedCall, 'startedAt'> | null;
  startedAt: Date | null;
}

/**
 * Claims the next calls of some lanes: writes them as SENT with the accounts that they carry, so that the commit of this
 * statement comes before the sends. No outcome is read or written: a target is its own queue, and its row says how far its
 * accounts are handed out.
 *
 * - The row of each lane is locked while its holder is checked: a takeover waits for this statement or makes it empty. With it
 *   the quota is checked and spent, which reads of any replica spend too: together they never exceed it.
 * - Accounts are taken in turns from the waiting targets, so one account never waits behind ten thousand; `turn` puts a
 *   served target at the end of the line.
 * - An account that is in flight waits, and so does one that an older request of another batch key still asks for: no two
 *   calls in flight share an account, and the operations of an account take effect in the order of their requests.
 * - Several calls of a lane are full ones of the same batch key.
 * - A request that is alone in its lane, as most long ones are, is handed out from its list: its accounts are compared with no others.
 * - Every waiting request for the same account, batch key and e-mail shares the call: requested twice, sent once. Unless
 *   another operation was requested in between: an account created, deleted and created again is created twice.
 * - A target's accounts are handed out in the order of their ids, up to the last one that the calls take of them. Accounts
 *   before it that have to wait, and accounts after it that another request has sent ahead, are queued one by one.
 * - The request's row is passed over when another lane has it: that lane is starting the request, and its commit is not
 *   waited for.
 * - Race: a cancellation may withdraw accounts while this statement waits for the lane. A row of queued_account is then gone,
 *   and a target is handed out to its end: both are read again when they are changed, and the calls carry what was changed.
 *
 * @param onLocked what happens to a lane whose row is locked.
 * @returns the calls of each lane by its holder, in the order in which they were claimed; none when nothing may leave. A lane that
 *   another worker holds is missing, and so is one that was passed over.
 */
export async function claimCalls(
  prisma: GatewayPrisma,
  claims: readonly LaneClaim[],
  onLocked: OnLocked,
): Promise<ReadonlyMap<string, readonly ClaimedCall[]>> {
  const rows = await prisma.$rows<ClaimRow>(Prisma.sql`
    /* prepared: claim_calls_${Prisma.raw(onLocked.toLowerCase())} */
    WITH held AS MATERIALIZED (
      SELECT a.*, LEAST(
        cardinality(a.call_ids), ${requestsNow({ perSecond: Prisma.sql`a.per_second`, burst: Prisma.sql`a.burst` }, SECONDS_TO_FULL_BURST)}
      )::int AS calls
      FROM jsonb_to_recordset(${JSON.stringify(claims.map(toAsked))}::jsonb) AS a (
        lane_id int, holder uuid, detector_id text, uses_unpinned boolean, full_only boolean, busy_batch_keys text[],
        per_second float8, burst float8, call_ids uuid[]
      )
      JOIN lane ON lane.id = a.lane_id AND lane.holder = a.holder
      FOR NO KEY UPDATE OF lane ${LOCKING[onLocked]}
    ),
    ${WAITING_ACCOUNTS},
    ${CHOSEN_ACCOUNTS},
    ${TAKEN_ACCOUNTS},
    ${SERVED_TARGETS},
    ${WRITTEN_CALLS}
    SELECT held.holder::text AS holder, written.started_at AS "startedAt", CASE WHEN written.id IS NOT NULL THEN json_build_object(
      'callId', d.call_id, 'operation', d.operation, 'batchKey', d.batch_key,
      'detectorId', d.detector_id, 'detectorPinned', d.detector_pinned,
      'message', d.message, 'disableEmailNotification', d.disable_email_notification,
      'secondsToFullBurst', paced.seconds_to_full_burst,
      'pendingInLane', (
        SELECT COALESCE(sum(pending), 0) - (SELECT count(*) FROM carried WHERE carried.lane_id = held.lane_id)
        FROM target WHERE lane_id = held.lane_id AND pending > 0
      ),
      'accounts', (
        SELECT json_agg(json_build_object('accountId', one.account_id, 'email', one.email) ORDER BY one.account_id)
        FROM (SELECT DISTINCT account_id, email FROM carried WHERE carried.call_id = d.call_id) one
      )
    ) END AS call
    FROM held
    LEFT JOIN described d USING (lane_id)
    LEFT JOIN written ON written.id = d.call_id
    LEFT JOIN paced ON paced.lane_id = held.lane_id
    ORDER BY d.call_id
  `);
  const claimed = new Map<string, ClaimedCall[]>(rows.map(({ holder }) => [holder, []]));
  for (const { holder, call, startedAt } of rows) {
    if (call !== null && startedAt !== null) {
      claimed.get(holder)?.push({ ...call, startedAt });
    }
  }
  return claimed;
}

function toAsked({ tenure: { lane, holder }, limits }: LaneClaim): object {
  return {
    lane_id: lane.id,
    holder,
    detector_id: limits.detectorId,
    uses_unpinned: lane.service !== 'GUARDDUTY' || limits.detectorId !== null,
    full_only: limits.fullOnly,
    busy_batch_keys: limits.busyBatchKeys,
    per_second: limits.rate.perSecond,
    burst: limits.rate.burst,
    call_ids: Array.from({ length: limits.mostCalls }, () => uuidv7()),
  };
}

/** The CTE `served`: the targets with taken accounts, counted; and `carried`, the accounts that the calls carry for them. */
const SERVED_TARGETS = Prisma.sql`
  spread AS MATERIALIZED (
    SELECT taken.target_id, held.detector_id, count(*)::int AS accounts, max(taken.handed_out_to) AS handed_out_to,
      max(taken.account_id) FILTER (WHERE taken.account_id <= taken.next_end) AS reached,
      bool_or(taken.account_id > COALESCE(taken.next_end, taken.handed_out_to)) IS TRUE AS is_ahead
    FROM taken JOIN held USING (lane_id)
    GROUP BY taken.target_id, held.detector_id
  ),
  served AS (
    UPDATE target t SET
      pending = t.pending - spread.accounts, in_flight = t.in_flight + spread.accounts,
      turn = clock_timestamp(), detector_id = COALESCE(t.detector_id, spread.detector_id),
      took_ahead = t.took_ahead OR spread.is_ahead,
      handed_out_to = CASE
        WHEN spread.reached IS NULL THEN t.handed_out_to
        WHEN spread.reached = (SELECT max(account_id) FROM request_account WHERE request_id = t.request_id)
        THEN ${ALL_HANDED_OUT}
        ELSE spread.reached
      END
    FROM spread
    WHERE ${keyIs(Prisma.sql`t.id`, Prisma.sql`spread.target_id`)} AND t.handed_out_to = COALESCE(spread.handed_out_to, t.handed_out_to)
    RETURNING t.id, t.request_id, t.lane_id, t.batch_key, t.detector_pinned, spread.reached,
      CASE WHEN t.detector_pinned THEN t.detector_id ELSE spread.detector_id END AS detector_id
  ),
  carried AS MATERIALIZED (
    SELECT taken.*, max(account_id) FILTER (WHERE account_id <= next_end) OVER (PARTITION BY target_id) AS reached
    FROM taken WHERE ${isAmong(Prisma.sql`target_id`, Prisma.sql`SELECT id FROM served`)}
  )`;

/**
 * The CTEs that write the calls, start their requests, and queue what the targets do not hand out in order: accounts that wait while
 * later ones leave (`left_out`), and accounts that leave before earlier ones.
 */
const WRITTEN_CALLS = Prisma.sql`
  left_out AS MATERIALIZED (
    SELECT target_id, account_id, lane_id FROM next_account
    WHERE handed_out_to IS NOT NULL AND NOT is_alone AND (target_id, account_id) NOT IN (SELECT target_id, account_id FROM taken)
  ),
  queued AS (
    INSERT INTO queued_account (target_id, account_id, lane_id, due_at, call_ids)
    SELECT n.target_id, n.account_id, n.lane_id, ${HELD_UP_UNTIL}, '{}'
    FROM left_out n JOIN served ON served.id = n.target_id
    WHERE n.account_id < served.reached
    UNION ALL
    SELECT c.target_id, c.account_id, c.lane_id, NULL, ARRAY[c.call_id]
    FROM carried c WHERE c.handed_out_to IS NOT NULL AND c.account_id > COALESCE(c.reached, c.handed_out_to)
  ),
  passed_over AS (
    UPDATE target t SET turn = GREATEST(${HELD_UP_UNTIL}, CASE WHEN t.handed_out_to = ${ALL_HANDED_OUT}
      THEN (SELECT min(due_at) FROM queued_account WHERE target_id = t.id AND due_at IS NOT NULL) END)
    FROM waiting w
    WHERE ${keyIs(Prisma.sql`t.id`, Prisma.sql`w.id`)}
      AND NOT EXISTS (SELECT FROM free WHERE free.target_id = w.id)
      AND NOT (w.is_alone AND EXISTS (SELECT FROM next_end WHERE next_end.target_id = w.id))
      AND NOT EXISTS (SELECT FROM spread WHERE spread.target_id = w.id)
  ),
  starting AS MATERIALIZED (
    SELECT r.id FROM (SELECT DISTINCT request_id FROM served ORDER BY request_id) s CROSS JOIN LATERAL (
      SELECT id FROM request WHERE id = s.request_id AND ${hideSelectivity(Prisma.sql`status = 'PENDING'`)} LIMIT 1
      FOR UPDATE SKIP LOCKED
    ) r
  ),
  started AS (
    UPDATE request r SET status = 'RUNNING', started_at = now() FROM starting
    WHERE ${keyIs(Prisma.sql`r.id`, Prisma.sql`starting.id`)}
  ),
  counted AS MATERIALIZED (
    SELECT call_id, min(target_id) AS target_id, count(DISTINCT account_id)::int AS accounts FROM carried GROUP BY call_id
  ),
  described AS MATERIALIZED (
    SELECT c.call_id, c.accounts, s.lane_id, s.batch_key, s.detector_id, s.detector_pinned,
      r.operation, r.message, r.disable_email_notification
    FROM counted c JOIN served s ON s.id = c.target_id
    CROSS JOIN LATERAL (
      SELECT operation, message, disable_email_notification FROM request WHERE id = s.request_id LIMIT 1
    ) r
  ),
  written AS (
    INSERT INTO call (id, lane_id, operation, detector_id, account_count, started_at, attempts)
    SELECT call_id, lane_id, operation, detector_id, accounts, clock_timestamp(), 0 FROM described
    RETURNING id, started_at
  ),
  paced AS (
    UPDATE lane SET quota_back_at = ${withoutRequests(Prisma.sql`left_now.calls`, Prisma.sql`left_now.per_second`)}
    FROM (
      SELECT held.lane_id, held.per_second, count(*) AS calls FROM described JOIN held USING (lane_id)
      GROUP BY held.lane_id, held.per_second
    ) left_now
    WHERE lane.id = left_now.lane_id
    RETURNING lane.id AS lane_id, ${SECONDS_TO_FULL_BURST} AS seconds_to_full_burst
  ),
  listed AS (
    INSERT INTO send (call_id, target_id, account_ids)
    SELECT call_id, target_id, array_agg(account_id ORDER BY account_id) FROM carried GROUP BY call_id, target_id
  )`;
