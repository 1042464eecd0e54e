import { Prisma } from '../../../generated/client.js';

/** A subquery for one outcome by its key. One that has ended is a row; else it follows from the target and its calls. */
export function oneOutcome(targetId: Prisma.Sql, accountId: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(
    SELECT * FROM outcome WHERE target_id = ${targetId} AND account_id = ${accountId}
    UNION ALL
    SELECT * FROM open_outcome WHERE target_id = ${targetId} AND account_id = ${accountId}
    LIMIT 1)`;
}
