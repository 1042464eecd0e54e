import { Prisma } from '../../generated/client.js';
import type { RetryDelays, Settlement, Tenure } from '../../ports/laneRecord.js';
import type { GatewayPrisma } from '../connection/client.js';
import { keyIs } from '../sql/plannerHints.js';
import { LOCKING, type OnLocked } from './lockedLanes.js';
import { COUNT_SETTLED, TELL_FINISHED } from './countSettled.js';

/** What one lane settles. */
export interface LaneSettlement {
  readonly tenure: Tenure;
  readonly settlements: readonly Settlement[];
  readonly delays: RetryDelays;
}

/**
 * Settles calls of some lanes and everything they carried, in one statement: no reader ever sees an answered call with an account
 * still in flight, nor a finished request with an open one. Each outcome is inserted here, and never changed.
 *
 * - The holder is checked under a share lock, as in `claimCalls`: a worker that lost its lane settles nothing, and is told
 *   so: what it has heard is then kept beside the call (`lateAnswers`).
 * - "Already a member", and its like, is the echo of our own earlier call when that one may have reached the service and
 *   lost its answer: then the account is PROCESSED. `attempts` 0 says that a call never left. An earlier DisassociateMembers
 *   of Security Hub may have done it too: what it did was not in its answer, and did not show at once.
 * - An account that is a member already counts as its request says (`alreadyMember`), and keeps the service's words.
 * - An account with a retryable verdict is queued until its sends are used up, or has ended when the request was
 *   canceled meanwhile. The mark of that is read under a lock, which shows the row as it is now: a settlement that waited
 *   for a cancellation still sees everything else as it was before.
 * - The clock is read once for what goes again: accounts that went together are due together, and go in one call again.
 * - A settlement without a verdict for every account leaves the others IN_FLIGHT and the call open. An account that it queued
 *   and another call has taken since, or that has ended, is not changed by a later settlement of the same call.
 * - Few accounts are in queued_account: it is looked up only for targets that have any there.
 * - The request rows are locked in the order of their ids: lanes that finish the same requests cannot deadlock. The
 *   counts added are the finished target's own, so whichever lane comes last sees all of them in the locked row.
 *
 * @param onLocked what happens to a lane whose row is locked.
 * @returns the holders of the lanes that are settled. One that has lost its lane is missing, and so is one that was passed over.
 * @throws what the database throws; then nothing of any lane is settled.
 */
export async function settleCalls(
  prisma: GatewayPrisma,
  lanes: readonly LaneSettlement[],
  onLocked: OnLocked,
): Promise<{ holders: ReadonlySet<string>; finished: readonly string[] }> {
  const tenures = lanes.map(({ tenure: { lane, holder } }) => ({ lane_id: lane.id, holder }));
  const held = Prisma.sql`
    SELECT lane.id, lane.holder, lane.service
    FROM jsonb_to_recordset(${JSON.stringify(tenures)}::jsonb) AS a (lane_id int, holder uuid)
    JOIN lane ON lane.id = a.lane_id AND lane.holder = a.holder
    FOR SHARE OF lane ${LOCKING[onLocked]}`;
  const answers = lanes.flatMap(({ tenure: { holder }, settlements, delays }) =>
    settlements.map((settlement) => toAnswer(settlement, holder, delays)),
  );
  const [row] = await prisma.$rows<{ holders: string[]; finished: string[] }>(Prisma.sql`
    /* prepared: settle_calls_${Prisma.raw(onLocked.toLowerCase())} */
    ${settleAnswers(held, answers)}
  `);
  return { holders: new Set(row?.holders), finished: row?.finished ?? [] };
}

/**
 * The statement that settles calls without a retry.
 *
 * @param held selects id, service and a holder that is null, of the calls' lane under a lock.
 */
export function settleForGood(held: Prisma.Sql, settlements: readonly Settlement[]): Prisma.Sql {
  return settleAnswers(
    held,
    settlements.map((settlement) => toAnswer(settlement, null, [])),
  );
}

/**
 * The statement of a settlement.
 *
 * @param held selects id, holder and service of the lanes under a lock. Calls of other lanes are not settled, nor are answers of
 *   other holders: a lane's earlier worker and its present one may share the statement.
 * @param answers of `toAnswer`.
 */
function settleAnswers(held: Prisma.Sql, answers: readonly object[]): Prisma.Sql {
  return Prisma.sql`
    WITH held AS MATERIALIZED (${held}),
    answer AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(answers)}::jsonb) AS a (
        call_id uuid, holder uuid, status call_status, has_metadata boolean, http_status int, aws_request_id text, attempts int,
        error_code text, error_message text, unprocessed jsonb, default_verdict jsonb, exceptions jsonb, delays float8[]
      )
    ),
    closed AS (
      UPDATE call c SET
        status = CASE WHEN c.status = 'SENT' THEN a.status ELSE c.status END,
        finished_at = COALESCE(c.finished_at, clock_timestamp()),
        settled_at = CASE WHEN a.default_verdict IS NOT NULL THEN clock_timestamp() END,
        http_status = CASE WHEN a.has_metadata THEN a.http_status ELSE c.http_status END,
        aws_request_id = CASE WHEN a.has_metadata THEN a.aws_request_id ELSE c.aws_request_id END,
        attempts = CASE WHEN a.has_metadata THEN a.attempts ELSE c.attempts END,
        error_code = COALESCE(a.error_code, c.error_code),
        error_message = COALESCE(a.error_message, c.error_message),
        unprocessed = a.unprocessed
      FROM answer a, held
      WHERE ${keyIs(Prisma.sql`c.id`, Prisma.sql`a.call_id`)} AND c.lane_id = held.id AND a.holder IS NOT DISTINCT FROM held.holder AND c.settled_at IS NULL
      RETURNING c.id, c.lane_id, held.service
    ),
    carried AS MATERIALIZED (
      SELECT s.target_id, sent.account_id, a.call_id, s.lane_id, s.service, COALESCE(q.call_ids, ARRAY[a.call_id]) AS call_ids,
        q.call_ids IS NOT NULL AS is_queued,
        COALESCE(a.exceptions -> sent.account_id, a.default_verdict) AS verdict, a.delays
      FROM closed
      JOIN answer a ON a.call_id = closed.id
      CROSS JOIN LATERAL (
        SELECT target_id, account_ids, closed.lane_id, closed.service,
          EXISTS (SELECT FROM queued_account WHERE target_id = send.target_id) AS is_queued
        FROM send WHERE call_id = closed.id OFFSET 0
      ) s
      CROSS JOIN LATERAL unnest(s.account_ids) AS sent (account_id)
      LEFT JOIN LATERAL (
        SELECT due_at, call_ids FROM queued_account
        WHERE s.is_queued AND target_id = s.target_id AND account_id = sent.account_id
        LIMIT 1
      ) q ON true
      WHERE (a.default_verdict IS NOT NULL OR a.exceptions ? sent.account_id)
        AND (q.call_ids IS NULL OR (q.due_at IS NULL AND q.call_ids[cardinality(q.call_ids)] = a.call_id))
    ),
    newest AS MATERIALIZED (
      SELECT t.* FROM (
        SELECT DISTINCT target_id FROM carried WHERE (verdict ->> 'retry')::boolean ORDER BY target_id
      ) c CROSS JOIN LATERAL (
        SELECT id, canceled_at FROM target WHERE id = c.target_id LIMIT 1 FOR NO KEY UPDATE
      ) t
    ),
    judged AS MATERIALIZED (
      SELECT c.*, cardinality(call_ids) AS sends, verdict ->> 'reasonCode' AS reason_code, verdict ->> 'reason' AS reason,
        CASE WHEN verdict ->> 'reasonCode' = 'ALREADY_MEMBER' THEN 'PROCESSED' = (
          SELECT already_member FROM request WHERE id = (SELECT request_id FROM target WHERE id = c.target_id)
        ) END AS is_accepted,
        CASE
          WHEN (verdict ->> 'processedIfInDoubt')::boolean AND cardinality(call_ids) > 1 AND EXISTS (
            SELECT FROM call earlier
            WHERE earlier.id = ANY (call_ids) AND earlier.id <> call_id
              AND earlier.attempts > 0 AND COALESCE(earlier.status = 'UNANSWERED' OR (
                earlier.status = 'ANSWERED' AND earlier.operation = 'DISASSOCIATE_MEMBERS' AND c.service = 'SECURITY_HUB'
              ), false)
          ) THEN 'PROCESSED'
          WHEN (verdict ->> 'retry')::boolean AND cardinality(call_ids) <= cardinality(delays)
            AND c.target_id NOT IN (SELECT id FROM newest WHERE canceled_at IS NOT NULL) THEN 'PENDING'
          ELSE verdict ->> 'status'
        END::outcome_status AS status
      FROM carried c
    ),
    final_outcomes AS (
      INSERT INTO outcome (target_id, account_id, lane_id, status, reason_code, reason, settled_at, call_ids)
      SELECT target_id, account_id, lane_id,
        CASE WHEN is_accepted THEN 'PROCESSED' ELSE status END,
        CASE WHEN status <> 'PROCESSED' THEN reason_code::reason_code END,
        CASE WHEN status <> 'PROCESSED' THEN reason END,
        clock_timestamp(), call_ids
      FROM judged WHERE status <> 'PENDING'
      ORDER BY target_id, account_id
      ON CONFLICT (target_id, account_id) DO NOTHING
      RETURNING target_id, account_id, status, reason_code, settled_at
    ),
    unqueued AS (
      DELETE FROM queued_account q
      USING (SELECT target_id, account_id FROM judged WHERE status <> 'PENDING' AND is_queued) j
      WHERE ${keyIs(Prisma.sql`q.target_id`, Prisma.sql`j.target_id`)} AND ${keyIs(Prisma.sql`q.account_id`, Prisma.sql`j.account_id`)}
    ),
    queued AS (
      INSERT INTO queued_account (target_id, account_id, lane_id, due_at, call_ids)
      SELECT target_id, account_id, lane_id,
        (SELECT clock_timestamp()) + make_interval(secs => delays[sends]), call_ids
      FROM judged WHERE status = 'PENDING'
        AND NOT EXISTS (
          SELECT FROM outcome o WHERE o.target_id = judged.target_id AND o.account_id = judged.account_id OFFSET 0
        )
      ON CONFLICT (target_id, account_id) DO UPDATE SET due_at = excluded.due_at
      RETURNING target_id
    ),
    settled AS (
      SELECT target_id, 'IN_FLIGHT'::outcome_status AS was, status, reason_code, settled_at FROM final_outcomes
      UNION ALL
      SELECT target_id, 'IN_FLIGHT', 'PENDING', NULL, NULL FROM queued
    ),
    ${COUNT_SETTLED}
    SELECT ${TELL_FINISHED}, ARRAY(SELECT holder::text FROM held) AS holders
  `;
}

function toAnswer(settlement: Settlement, holder: string | null, delays: RetryDelays): object {
  const { metadata } = settlement;
  return {
    call_id: settlement.callId,
    holder,
    status: settlement.status,
    has_metadata: metadata !== null,
    http_status: metadata?.httpStatus ?? null,
    aws_request_id: metadata?.awsRequestId ?? null,
    attempts: metadata?.attempts ?? null,
    error_code: settlement.errorCode,
    error_message: settlement.errorMessage,
    unprocessed: settlement.unprocessed.length > 0 ? settlement.unprocessed : null,
    default_verdict: settlement.defaultVerdict,
    exceptions: Object.fromEntries(settlement.exceptions),
    delays,
  };
}
