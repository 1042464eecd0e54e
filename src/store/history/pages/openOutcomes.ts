import { Prisma } from '../../../generated/client.js';
import { ALL_HANDED_OUT, isTakenAhead } from '../../sql/handedOut.js';
import type { OutcomeRange } from './outcomeConditions.js';

/*
 * The rows of the view open_outcome, for pages: read in the order of an index and up to the limit of the page, however many
 * accounts wait.
 */

/** The columns of a target that `openOfTarget` uses. */
export const OPEN_TARGET_COLUMNS = Prisma.sql`t.id, t.request_id, t.lane_id, t.handed_out_to, t.took_ahead`;

/** The targets with accounts that are not handed out. OFFSET 0 makes the planner find them first: they are few. */
export const TARGETS_IN_ORDER = Prisma.sql`(
  SELECT ${OPEN_TARGET_COLUMNS} FROM target t WHERE t.pending > 0 AND t.handed_out_to <> ${ALL_HANDED_OUT} OFFSET 0)`;

/**
 * A subquery for the open outcomes of the target t after the account `t.start`. All that are not handed out are PENDING, so a
 * page needs no more of them than it shows. The lane as a bigint is what the index of the unsettled calls has.
 */
export function openOfTarget({ direction, limit, statuses }: OutcomeRange): Prisma.Sql {
  const { follows, order, isBackward } = direction;
  const handedOut = Prisma.sql`
    SELECT * FROM handed_out_outcome o
    WHERE o.target_id = t.id AND o.lane_id::bigint = t.lane_id AND o.account_id ${follows} t.start`;
  if (statuses?.includes('PENDING') === false) {
    return handedOut;
  }
  const from = isBackward ? Prisma.sql`GREATEST(t.start, t.handed_out_to)` : Prisma.sql`t.start`;
  const to = isBackward
    ? Prisma.sql`(a.request_id, a.account_id) < (t.request_id, ${ALL_HANDED_OUT})`
    : Prisma.sql`(a.request_id, a.account_id) > (t.request_id, t.handed_out_to)`;
  return Prisma.sql`
    ${handedOut}
    UNION ALL
    (
      SELECT t.id, a.account_id, t.lane_id, 'PENDING', NULL, NULL, NULL, '{}' FROM request_account a
      WHERE (a.request_id, a.account_id) ${follows} (t.request_id, ${from}) AND ${to}
        AND NOT ${isTakenAhead(Prisma.sql`t`, Prisma.sql`a.account_id`)}
      ORDER BY a.request_id ${order}, a.account_id ${order}
      LIMIT ${limit}::int
    )`;
}

/**
 * A subquery for the open outcomes of an account. The targets that do not queue it are few, and each is looked up.
 *
 * @param tail conditions, order and limit of a page, on the outcome o.
 */
export function openOfAccount(accountId: Prisma.Sql, tail: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    (SELECT * FROM handed_out_outcome o WHERE o.account_id = ${accountId} AND ${tail})
    UNION ALL
    SELECT t.id, ${accountId}, t.lane_id, 'PENDING', NULL, NULL, NULL, '{}' FROM ${TARGETS_IN_ORDER} AS t
    WHERE ${accountId} > t.handed_out_to AND NOT ${isTakenAhead(Prisma.sql`t`, accountId)} AND EXISTS (
      SELECT FROM request_account a WHERE a.request_id = t.request_id AND a.account_id = ${accountId} OFFSET 0
    )`;
}
