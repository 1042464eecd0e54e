import { v7 as uuidv7 } from 'uuid';
import { Prisma, type PrismaClient } from '../../generated/client.js';
import type { MembershipOperation } from '../../membership.js';
import type { ClaimedCall, ClaimLimits, Rate, Tenure } from '../../ports/laneRecord.js';
import { chosenAccounts, takenAccounts, waitingAccounts } from './claimedAccounts.js';
import { ALL_HANDED_OUT } from '../sql/handedOut.js';
import { hasQuota, SECONDS_TO_FULL_BURST, withoutOne } from './laneQuota.js';

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
 * Claims the lane's next call: writes it as SENT with the accounts that it carries, so that the commit of this statement
 * comes before the send. Null when nothing may leave now. No outcome is read or written: a target is its own queue, and its
 * row says how far its accounts are handed out.
 *
 * - The lane's row is locked while its holder is checked: a takeover waits for this statement or makes it empty. With it
 *   the quota is checked and spent, which reads of any replica spend too: together they never exceed it.
 * - Accounts are taken in turns from the waiting targets, so one account never waits behind ten thousand; `turn` puts a
 *   served target at the end of the line.
 * - An account that is in flight waits, and so does one that an older request of another batch key still asks for: no two
 *   calls in flight share an account, and the operations of an account take effect in the order of their requests.
 * - Every waiting request for the same account, batch key and e-mail shares the call: requested twice, sent once. Unless
 *   another operation was requested in between: an account created, deleted and created again is created twice.
 * - A target's accounts are handed out in the order of their ids, up to the last one that the call takes of them. Accounts
 *   before it that have to wait, and accounts after it that another request has sent ahead, are queued one by one.
 * - The request's row is passed over when another lane has it: that lane is starting the request, and its commit is not
 *   waited for.
 * - Race: a cancellation may withdraw accounts while this statement waits for the lane. A row of queued_account is then gone,
 *   and a target is handed out to its end: both are read again when they are changed, and the call carries what was changed.
 */
export async function claimCall(
  prisma: PrismaClient,
  { lane, holder }: Tenure,
  limits: ClaimLimits,
): Promise<ClaimedCall | null> {
  const callId = uuidv7();
  const rows = await prisma.$queryRaw<ClaimRow[]>(Prisma.sql`
    /* prepared: claim_call */
    WITH held AS MATERIALIZED (
      SELECT id FROM lane
      WHERE id = ${lane.id}::int AND holder = ${holder}::uuid AND ${hasQuota(limits.rate)}
      FOR NO KEY UPDATE
    ),
    ${waitingAccounts(lane, limits)},
    ${chosenAccounts(lane.id, limits)},
    ${takenAccounts(callId, lane.id)},
    ${servedTargets(limits.detectorId)},
    ${writtenCall(callId, lane.id, limits.rate)}
    SELECT d.operation::text AS operation, d.batch_key AS "batchKey", d.detector_id AS "detectorId",
      d.detector_pinned AS "detectorPinned", d.message,
      d.disable_email_notification AS "disableEmailNotification", w.started_at AS "startedAt",
      paced.seconds_to_full_burst AS "secondsToFullBurst",
      (
        SELECT COALESCE(sum(pending), 0) - (SELECT count(*) FROM carried)
        FROM target WHERE lane_id = ${lane.id}::int AND pending > 0
      )::int AS "pendingInLane",
      (
        SELECT json_agg(json_build_object('accountId', one.account_id, 'email', one.email) ORDER BY one.account_id)
        FROM (SELECT DISTINCT account_id, email FROM carried) one
      ) AS accounts
    FROM described d CROSS JOIN written w CROSS JOIN paced
  `);
  const row = rows[0];
  return row === undefined ? null : { callId, ...row };
}

/** The CTE `served`: the targets with taken accounts, counted; and `carried`, the accounts that the call carries for them. */
function servedTargets(detectorId: string | null): Prisma.Sql {
  return Prisma.sql`
    spread AS MATERIALIZED (
      SELECT taken.target_id, count(*)::int AS accounts, max(taken.handed_out_to) AS handed_out_to,
        bool_or(taken.handed_out_to IS NOT NULL AND taken.account_id > COALESCE(reached.account_id, taken.handed_out_to)) AS is_ahead,
        reached.account_id AS reached
      FROM taken LEFT JOIN reached USING (target_id)
      GROUP BY taken.target_id, reached.account_id
    ),
    served AS (
      UPDATE target t SET
        pending = t.pending - spread.accounts, in_flight = t.in_flight + spread.accounts,
        turn = clock_timestamp(), detector_id = COALESCE(t.detector_id, ${detectorId}),
        took_ahead = t.took_ahead OR spread.is_ahead,
        handed_out_to = CASE
          WHEN spread.reached IS NULL THEN t.handed_out_to
          WHEN spread.reached = (SELECT max(account_id) FROM request_account WHERE request_id = t.request_id)
          THEN ${ALL_HANDED_OUT}
          ELSE spread.reached
        END
      FROM spread
      WHERE t.id = spread.target_id AND t.handed_out_to = COALESCE(spread.handed_out_to, t.handed_out_to)
      RETURNING t.id, t.request_id, t.lane_id, t.batch_key, t.detector_pinned, spread.reached,
        CASE WHEN t.detector_pinned THEN t.detector_id ELSE ${detectorId} END AS detector_id
    ),
    carried AS MATERIALIZED (SELECT taken.* FROM taken JOIN served ON served.id = taken.target_id)`;
}

/** The CTEs that write the call, start its requests, and queue what the targets do not hand out in order. */
function writtenCall(callId: string, laneId: number, rate: Rate): Prisma.Sql {
  const heldUpUntil = Prisma.sql`now() + make_interval(secs => ${HELD_UP_SECONDS}::float8)`;
  return Prisma.sql`
    queued AS (
      INSERT INTO queued_account (target_id, account_id, lane_id, due_at, call_ids)
      SELECT n.target_id, n.account_id, served.lane_id, ${heldUpUntil}, '{}'
      FROM next_account n JOIN served ON served.id = n.target_id
      WHERE n.at IS NULL AND n.account_id < served.reached
        AND (n.target_id, n.account_id) NOT IN (SELECT target_id, account_id FROM taken)
      UNION ALL
      SELECT c.target_id, c.account_id, served.lane_id, NULL, ARRAY[${callId}::uuid]
      FROM carried c JOIN served ON served.id = c.target_id
      WHERE c.handed_out_to IS NOT NULL AND c.account_id > COALESCE(served.reached, c.handed_out_to)
    ),
    passed_over AS (
      UPDATE target t SET turn = GREATEST(${heldUpUntil}, CASE WHEN t.handed_out_to = ${ALL_HANDED_OUT}
        THEN (SELECT min(due_at) FROM queued_account WHERE target_id = t.id AND due_at IS NOT NULL) END)
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
      SELECT ${callId}::uuid, ${laneId}::int, d.operation, d.detector_id,
        (SELECT count(DISTINCT account_id) FROM carried), clock_timestamp(), 0
      FROM described d
      RETURNING started_at
    ),
    paced AS (
      UPDATE lane SET quota_back_at = ${withoutOne(rate)} FROM written
      WHERE lane.id = ${laneId}::int
      RETURNING ${SECONDS_TO_FULL_BURST} AS seconds_to_full_burst
    ),
    listed AS (
      INSERT INTO send (call_id, target_id, account_ids)
      SELECT ${callId}::uuid, target_id, array_agg(account_id ORDER BY account_id) FROM carried GROUP BY target_id
    )`;
}
