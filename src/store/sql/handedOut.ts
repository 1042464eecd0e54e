import { Prisma } from '../../generated/client.js';

/** `handed_out_to` of a target that has handed out all its accounts. A literal, so that partial indexes are used. */
export const ALL_HANDED_OUT = Prisma.sql`'9999999999999'`;

/**
 * The condition that a call took an account ahead of its turn, though its target has not handed it out yet. Of most targets
 * no account was, and none is looked up.
 *
 * @param target a row with id and took_ahead.
 */
export function isTakenAhead(target: Prisma.Sql, accountId: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(${target}.took_ahead AND (
    EXISTS (SELECT FROM queued_account taken WHERE taken.target_id = ${target}.id AND taken.account_id = ${accountId} OFFSET 0)
    OR EXISTS (SELECT FROM outcome taken WHERE taken.target_id = ${target}.id AND taken.account_id = ${accountId} OFFSET 0)
  ))`;
}
