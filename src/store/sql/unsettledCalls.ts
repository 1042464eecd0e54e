import { Prisma } from '../../generated/client.js';

/** A subquery for the calls of a lane that are not settled, by the index that has no others. OFFSET 0 keeps other conditions out. */
export function unsettledCalls(laneId: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(SELECT * FROM call WHERE lane_id::bigint = ${laneId} AND settled_at IS NULL OFFSET 0)`;
}
