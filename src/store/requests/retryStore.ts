import { Prisma, type PrismaClient } from '../../generated/client.js';
import { STATUSES_WITH_REASON, type Caller } from '../../membership.js';
import type { NewRetry, RetrySource, RetrySources } from '../../ports/requests.js';
import { grantCondition } from '../sql/grants.js';
import { literals } from '../sql/literals.js';
import {
  callerValues,
  FOLLOW_UPS,
  handedOutTo,
  INSERT_ACCOUNTS,
  INSERT_QUEUED,
  INSERT_REQUEST,
  INSERT_TARGETS,
  insertedLanes,
  type InsertMode,
  lockedLanes,
  mayInsert,
  UNLESS_KEY_IS_HELD,
} from './insertColumns.js';

/** The store that reads requests to retry. */
export function createRetrySources(prisma: PrismaClient): RetrySources {
  return { find: (caller, requestId) => findSource(prisma, caller, requestId) };
}

/** A request, with its unsuccessful outcomes counted by target and reason in the index `outcome_exception_idx`. */
async function findSource(
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
          WHERE target_id = t.id AND status IN (${literals(STATUSES_WITH_REASON)})
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
 * Inserts a request for unsuccessful outcomes of another: each account at the targets where it was unsuccessful, with its
 * e-mail address, and with the options of the other request. A detector that the caller did not name is found anew.
 *
 * Race: the rows that are copied are final, since the other request has finished. Retention alone may delete them, target
 * by target and the e-mail addresses last, or those alone. A request with an erased target is not copied.
 *
 * The accounts of a target are one array: with any number of rows that the planner expects, it cannot choose to compare all
 * accounts with all accounts.
 */
export function retryStatement(retry: NewRetry, mode: InsertMode, mostQueued: number): Prisma.Sql {
  const { retryOf } = retry;
  return Prisma.sql`
    WITH failed AS MATERIALIZED (
      SELECT t.id, t.lane_id, t.batch_key, t.detector_id, t.detector_pinned, ended.account_ids,
        cardinality(ended.account_ids) AS accounts
      FROM target t
      CROSS JOIN LATERAL (
        SELECT array_agg(account_id ORDER BY account_id) AS account_ids FROM outcome
        WHERE target_id = t.id AND status IN (${literals(STATUSES_WITH_REASON)}) AND ${hasReason(retry)}
      ) ended
      WHERE t.request_id = ${retryOf}::uuid AND ended.account_ids IS NOT NULL
    ),
    ${lockedLanes(Prisma.sql`id IN (SELECT lane_id FROM failed)`)},
    inserted AS (
      ${INSERT_REQUEST}
      SELECT ${callerValues(retry)},
        old.operation, old.administrator, old.message, old.disable_email_notification, old.follow_up_days,
        old.already_member, old.id,
        totals.targets, totals.outcomes
      FROM request old
      CROSS JOIN (SELECT count(*)::int AS targets, sum(accounts)::int AS outcomes FROM failed) totals
      WHERE old.id = ${retryOf}::uuid AND old.finished_at IS NOT NULL AND totals.targets > 0 AND ${mayInsert(mode)}
        AND NOT EXISTS (SELECT FROM target t WHERE t.request_id = old.id AND t.erased_at IS NOT NULL)
      ${UNLESS_KEY_IS_HELD}
    ),
    named AS MATERIALIZED (
      SELECT DISTINCT each.account_id FROM failed CROSS JOIN unnest(failed.account_ids) AS each (account_id)
    ),
    accounts AS (
      ${INSERT_ACCOUNTS}
      SELECT inserted.id, one.account_id, old.email
      FROM inserted
      CROSS JOIN named one
      CROSS JOIN LATERAL (
        SELECT email FROM request_account
        WHERE request_id = ${retryOf}::uuid AND account_id = one.account_id
        LIMIT 1
      ) old
    ),
    targets AS (
      ${INSERT_TARGETS}
      SELECT inserted.id, failed.lane_id, inserted.operation, failed.batch_key,
        CASE WHEN failed.detector_pinned THEN failed.detector_id END, failed.detector_pinned,
        failed.accounts, failed.accounts,
        ${handedOutTo(Prisma.sql`failed.accounts > ${mostQueued}::int AND failed.accounts = (SELECT count(*) FROM named)`)}
      FROM inserted CROSS JOIN failed
      ORDER BY failed.id
      RETURNING id, lane_id, handed_out_to
    ),
    queued AS (
      ${INSERT_QUEUED}
      SELECT targets.id, each.account_id, targets.lane_id, now(), '{}'
      FROM targets JOIN failed USING (lane_id) CROSS JOIN unnest(failed.account_ids) AS each (account_id)
      WHERE targets.handed_out_to <> ''
    ),
    ${FOLLOW_UPS}
    ${insertedLanes(mode)}
  `;
}

function hasReason({ reasonCodes }: NewRetry): Prisma.Sql {
  return reasonCodes === null
    ? Prisma.sql`true`
    : Prisma.sql`reason_code = ANY (${[...reasonCodes]}::text[]::reason_code[])`;
}
