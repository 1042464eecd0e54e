import { Prisma } from '../../generated/client.js';
import type { OutcomeStatus, ReasonCode } from '../../membership.js';
import { COUNT_SETTLED, TELL_FINISHED } from './countSettled.js';

/**
 * The statement that ends every PENDING outcome of some targets, without a call.
 *
 * @param targetIds a subquery for the ids of the targets. Their lanes must be locked against claims.
 */
export function endPendingOutcomes(
  targetIds: Prisma.Sql,
  { status, reasonCode, reason }: PendingEnd,
): Prisma.Sql {
  return Prisma.sql`
    WITH ended_target AS MATERIALIZED (${targetIds}),
    settled AS (
      INSERT INTO outcome (target_id, account_id, lane_id, status, reason_code, reason, settled_at, call_ids)
      SELECT o.target_id, o.account_id, o.lane_id, ${status}::outcome_status, ${reasonCode}::reason_code, ${reason},
        clock_timestamp(), o.call_ids
      FROM ended_target CROSS JOIN LATERAL (
        SELECT * FROM open_outcome WHERE target_id = ended_target.id AND status = 'PENDING'
      ) o
      ON CONFLICT (target_id, account_id) DO NOTHING
      RETURNING target_id, 'PENDING'::outcome_status AS was, status, reason_code, settled_at
    ),
    unqueued AS (
      DELETE FROM queued_account WHERE target_id IN (SELECT id FROM ended_target) AND due_at IS NOT NULL
    ),
    ${COUNT_SETTLED}
    SELECT ${TELL_FINISHED}
  `;
}

/** How PENDING outcomes end. */
export interface PendingEnd {
  readonly status: OutcomeStatus;
  readonly reasonCode: ReasonCode | null;
  readonly reason: string | null;
}
