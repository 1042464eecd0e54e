import { Prisma, type PrismaClient } from '../../generated/client.js';
import type { RetryDelays, Settlement, Tenure } from '../../ports/laneRecord.js';
import type { SecurityService } from '../../membership.js';
import { isBadData } from '../connection/unavailable.js';
import { COUNT_SETTLED, TELL_FINISHED } from './countSettled.js';

/**
 * Settles calls and everything they carried, in one statement: no reader ever sees an answered call with an account
 * still in flight, nor a finished request with an open one.
 *
 * - The holder is checked under a share lock, as in `claimCall`: a worker that lost its lane settles nothing, and is told
 *   so: what it has heard is then kept beside the call (`lateAnswers`).
 * - Only IN_FLIGHT outcomes of calls that are not settled change, so a final outcome is never overwritten.
 * - "Already a member", and its like, is the echo of our own earlier call when that one may have reached the service and
 *   lost its answer: then the account is PROCESSED. `attempts` 0 says that a call never left. An earlier DisassociateMembers
 *   of Security Hub may have done it too: what it did was not in its answer, and did not show at once.
 * - An account that is a member already counts as its request says (`alreadyMember`), and keeps the service's words.
 * - A retryable verdict puts the outcome back to PENDING until its sends are used up, or is final when the request was
 *   canceled meanwhile. The mark of that is read under a lock, which shows the row as it is now: a settlement that waited
 *   for a cancellation still sees everything else as it was before.
 * - The clock is read once for what goes again: accounts that went together are due together, and go in one call again.
 * - A settlement without a verdict for every account leaves the others IN_FLIGHT and the call open. An account whose last call
 *   is another one is not changed: it was settled earlier by this call, and sent again.
 * - OFFSET 0 keeps what each call carried apart, so that it is found by the call: with statistics of a moment when few calls
 *   had been sent, the outcomes of all of them would be read.
 * - The array of places makes the update a scan of these rows by place with any statistics: a join by place alone
 *   may be planned as a scan of everything.
 * - COALESCE around a status keeps the planner from the partial indexes, which statistics from a quiet moment take for
 *   empty, where a row is named by its key or place already.
 * - The request rows are locked in the order of their ids: lanes that finish the same requests cannot deadlock. The
 *   counts added are the finished target's own, so whichever lane comes last sees all of them in the locked row.
 */
export async function settleCalls(
  prisma: PrismaClient,
  { lane, holder }: Tenure,
  settlements: readonly Settlement[],
  delays: RetryDelays,
): Promise<'SETTLED' | 'LOST' | 'REJECTED'> {
  const held = Prisma.sql`SELECT id FROM lane WHERE id = ${lane.id}::int AND holder = ${holder}::uuid FOR SHARE`;
  try {
    const [row] = await prisma.$queryRaw<{ held: boolean }[]>(
      Prisma.sql`/* prepared: settle_calls */ ${settleStatement(held, lane.service, settlements, delays)}`,
    );
    return row?.held === true ? 'SETTLED' : 'LOST';
  } catch (error) {
    if (isBadData(error)) {
      return 'REJECTED';
    }
    throw error;
  }
}

/**
 * The statement of a settlement.
 *
 * @param held selects the lane's row under a lock, or none if nothing may be settled.
 */
export function settleStatement(
  held: Prisma.Sql,
  service: SecurityService,
  settlements: readonly Settlement[],
  delays: RetryDelays,
): Prisma.Sql {
  return Prisma.sql`
    WITH held AS MATERIALIZED (${held}),
    answer AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(settlements.map(toAnswer))}::jsonb) AS a (
        call_id uuid, status call_status, has_metadata boolean, http_status int, aws_request_id text, attempts int,
        error_code text, error_message text, unprocessed jsonb, default_verdict jsonb, exceptions jsonb
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
      WHERE c.id = a.call_id AND c.lane_id = held.id AND c.settled_at IS NULL
      RETURNING c.id
    ),
    carried AS MATERIALIZED (
      SELECT s.target_id, o.at, o.sends, o.call_ids, a.call_id,
        COALESCE(a.exceptions -> sent.account_id, a.default_verdict) AS verdict
      FROM closed
      JOIN answer a ON a.call_id = closed.id
      CROSS JOIN LATERAL (SELECT target_id, account_ids FROM send WHERE call_id = closed.id OFFSET 0) s
      CROSS JOIN LATERAL unnest(s.account_ids) AS sent (account_id)
      CROSS JOIN LATERAL (
        SELECT ctid AS at, cardinality(call_ids) AS sends, call_ids FROM outcome
        WHERE target_id = s.target_id AND account_id = sent.account_id AND COALESCE(status = 'IN_FLIGHT', false)
          AND call_ids[cardinality(call_ids)] = a.call_id
        FOR UPDATE
      ) o
      WHERE a.default_verdict IS NOT NULL OR a.exceptions ? sent.account_id
    ),
    newest AS MATERIALIZED (
      SELECT id, canceled_at FROM target
      WHERE id IN (SELECT target_id FROM carried WHERE (verdict ->> 'retry')::boolean)
      ORDER BY id FOR NO KEY UPDATE
    ),
    judged AS MATERIALIZED (
      SELECT at, sends, verdict ->> 'reasonCode' AS reason_code, verdict ->> 'reason' AS reason,
        verdict ->> 'reasonCode' = 'ALREADY_MEMBER' AND 'PROCESSED' = (
          SELECT r.already_member FROM target t JOIN request r ON r.id = t.request_id WHERE t.id = carried.target_id LIMIT 1
        ) AS is_accepted,
        CASE
          WHEN (verdict ->> 'processedIfInDoubt')::boolean AND sends > 1 AND EXISTS (
            SELECT FROM call earlier
            WHERE earlier.id = ANY (call_ids) AND earlier.id <> call_id
              AND earlier.attempts > 0 AND (earlier.status = 'UNANSWERED' OR (
                earlier.status = 'ANSWERED' AND earlier.operation = 'DISASSOCIATE_MEMBERS'
                AND ${service === 'SECURITY_HUB'}::boolean
              ))
          ) THEN 'PROCESSED'
          WHEN (verdict ->> 'retry')::boolean AND sends <= ${delays.length}::int AND NOT EXISTS (
            SELECT FROM newest WHERE newest.id = carried.target_id AND newest.canceled_at IS NOT NULL
          ) THEN 'PENDING'
          ELSE verdict ->> 'status'
        END::outcome_status AS status
      FROM carried
    ),
    verdict AS MATERIALIZED (
      SELECT at, sends,
        CASE WHEN is_accepted THEN 'PROCESSED' ELSE status END AS status,
        CASE WHEN status NOT IN ('PENDING', 'PROCESSED') THEN reason_code::reason_code END AS reason_code,
        CASE WHEN status NOT IN ('PENDING', 'PROCESSED') THEN reason END AS reason
      FROM judged
    ),
    settled AS (
      UPDATE outcome o SET
        status = v.status, reason_code = v.reason_code, reason = v.reason,
        settled_at = CASE WHEN v.status <> 'PENDING' THEN clock_timestamp() END,
        due_at = CASE WHEN v.status = 'PENDING'
          THEN (SELECT clock_timestamp()) + make_interval(secs => (${delays}::float8[])[v.sends]) ELSE o.due_at END
      FROM verdict v
      WHERE o.ctid = ANY (ARRAY(SELECT at FROM verdict)) AND o.ctid = v.at AND COALESCE(o.status = 'IN_FLIGHT', false)
      RETURNING o.target_id, 'IN_FLIGHT'::outcome_status AS was, o.status, o.reason_code, o.settled_at
    ),
    ${COUNT_SETTLED}
    SELECT ${TELL_FINISHED}, EXISTS (SELECT FROM held) AS held
  `;
}

function toAnswer(settlement: Settlement): object {
  const { metadata } = settlement;
  return {
    call_id: settlement.callId,
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
  };
}
