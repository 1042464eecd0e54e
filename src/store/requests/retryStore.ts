import { Prisma, type PrismaClient } from '../../generated/client.js';
import type { Caller } from '../../membership.js';
import type { NewRetry, RetrySource, RetryStore } from '../../ports/requests.js';
import { acceptRequest, lockedLanes, WAKE_LANES, type EnqueueLanes } from './insertRequest.js';
import { grantCondition } from '../sql/grants.js';
import { ORIGIN_COLUMNS, originValues } from './requestOrigin.js';

/** The store that takes retries in. */
export function createRetryStore(prisma: PrismaClient, enqueue: EnqueueLanes): RetryStore {
  return {
    source: (caller, requestId) => readSource(prisma, caller, requestId),
    accept: (retry) => acceptRequest(prisma, enqueue, retry, insertRetry(retry)),
  };
}

/** A request, and how many of its outcomes ended badly at which target and why: counted in the index of exceptions. */
async function readSource(
  prisma: PrismaClient,
  caller: Caller,
  requestId: string,
): Promise<RetrySource | null> {
  const [row] = await prisma.$queryRaw<RetrySource[]>(Prisma.sql`
    SELECT r.operation::text AS operation, r.administrator, r.status::text AS status,
      EXISTS (SELECT FROM target t WHERE t.request_id = r.id AND t.erased_at IS NOT NULL) AS "outcomesErased",
      r.emails_erased_at IS NOT NULL AS "emailsErased",
      COALESCE((
        SELECT json_agg(json_build_object(
          'service', l.service, 'region', l.region, 'reasonCode', ended.reason_code, 'outcomes', ended.outcomes
        ) ORDER BY t.id, ended.reason_code)
        FROM target t
        JOIN lane l ON l.id = t.lane_id
        CROSS JOIN LATERAL (
          SELECT reason_code, count(*)::int AS outcomes FROM outcome
          WHERE target_id = t.id AND status IN ('UNPROCESSED', 'FAILED')
          GROUP BY reason_code
        ) ended
        WHERE t.request_id = r.id AND t.unprocessed + t.failed > 0
      ), '[]') AS ended
    FROM request r
    WHERE r.id = ${requestId}::uuid AND ${grantCondition(caller, Prisma.sql`r.administrator`)}
  `);
  return row ?? null;
}

/**
 * Writes a request out of what ended UNPROCESSED or FAILED in another: each account at the targets where it ended so,
 * with its e-mail address, and everything else as it was asked. A detector that the caller had not named is looked for
 * anew. What is copied is final: the old request is finished, and can only be erased, target by target and its e-mail
 * addresses last, but for those that are erased earlier. One that erasing has begun with is not copied.
 *
 * Accounts travel through the statement as one array a target: however wrong the planner's idea of their number, it
 * cannot choose to compare all with all.
 */
function insertRetry(retry: NewRetry): Prisma.Sql {
  const { retryOf, reasonCodes } = retry;
  const isTaken =
    reasonCodes === null
      ? Prisma.sql`true`
      : Prisma.sql`reason_code = ANY (${[...reasonCodes]}::text[]::reason_code[])`;
  return Prisma.sql`
    WITH wanted AS MATERIALIZED (
      SELECT t.id, t.lane_id, t.batch_key, t.detector_id, t.detector_pinned, ended.account_ids,
        cardinality(ended.account_ids) AS accounts
      FROM target t
      CROSS JOIN LATERAL (
        SELECT array_agg(account_id ORDER BY account_id) AS account_ids FROM outcome
        WHERE target_id = t.id AND status IN ('UNPROCESSED', 'FAILED') AND ${isTaken}
      ) ended
      WHERE t.request_id = ${retryOf}::uuid AND ended.account_ids IS NOT NULL
    ),
    ${lockedLanes(Prisma.sql`id IN (SELECT lane_id FROM wanted)`)},
    taken AS (
      INSERT INTO request (
        id, operation, administrator, caller_id, caller_kind, note, idempotency_key, holds_key, input_hash,
        message, disable_email_notification, follow_up_days, open_targets, total, retry_of,
        ${ORIGIN_COLUMNS}
      )
      SELECT ${retry.id}::uuid, old.operation, old.administrator, ${retry.caller.id},
        ${retry.caller.kind}::actor_kind, ${retry.note}, ${retry.idempotencyKey},
        ${retry.idempotencyKey !== null}::boolean, ${retry.inputHash},
        old.message, old.disable_email_notification, old.follow_up_days, totals.targets, totals.outcomes, old.id,
        ${originValues(retry.caller)}
      FROM request old
      CROSS JOIN (SELECT count(*)::int AS targets, sum(accounts)::int AS outcomes FROM wanted) totals
      WHERE old.id = ${retryOf}::uuid AND old.finished_at IS NOT NULL AND totals.targets > 0
        AND NOT EXISTS (SELECT FROM target t WHERE t.request_id = old.id AND t.erased_at IS NOT NULL)
      ON CONFLICT (caller_id, caller_kind, operation, idempotency_key) WHERE holds_key DO NOTHING
      RETURNING id, operation, follow_up_days
    ),
    accounts AS (
      INSERT INTO request_account (request_id, account_id, email)
      SELECT taken.id, one.account_id, asked.email
      FROM taken
      CROSS JOIN (SELECT DISTINCT account_id FROM wanted CROSS JOIN unnest(account_ids) AS each (account_id)) one
      CROSS JOIN LATERAL (
        SELECT email FROM request_account
        WHERE request_id = ${retryOf}::uuid AND account_id = one.account_id
        LIMIT 1
      ) asked
    ),
    targets AS (
      INSERT INTO target (request_id, lane_id, operation, batch_key, detector_id, detector_pinned, total, pending)
      SELECT taken.id, wanted.lane_id, taken.operation, wanted.batch_key,
        CASE WHEN wanted.detector_pinned THEN wanted.detector_id END, wanted.detector_pinned,
        wanted.accounts, wanted.accounts
      FROM taken CROSS JOIN wanted
      ORDER BY wanted.id
      RETURNING id, lane_id
    ),
    outcomes AS (
      INSERT INTO outcome (target_id, account_id, lane_id)
      SELECT targets.id, each.account_id, targets.lane_id
      FROM targets JOIN wanted USING (lane_id) CROSS JOIN unnest(wanted.account_ids) AS each (account_id)
    ),
    follow_ups AS (
      INSERT INTO follow_up (target_id, until)
      SELECT targets.id, now() + make_interval(days => taken.follow_up_days) FROM taken CROSS JOIN targets
      WHERE taken.follow_up_days IS NOT NULL
    )
    ${WAKE_LANES}
  `;
}
