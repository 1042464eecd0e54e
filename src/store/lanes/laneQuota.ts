import { Prisma, type PrismaClient } from '../../generated/client.js';
import type { Rate, Tenure } from '../../ports/laneRecord.js';

/**
 * The quota of a lane, in its row for all replicas (generic cell rate algorithm): `quota_back_at` is when the whole burst
 * is available again if no more requests leave. A request moves it later by 1 / rate seconds. A request that would move
 * it further ahead than the burst must wait. A worker's own pace is the same arithmetic (lanes/pace.ts).
 */

/** How early a request may leave, in seconds: timers are no more exact, and the rate holds all the same. */
const TOLERANCE_SECONDS = 0.005;

/** A rate in SQL. */
export interface RateSql {
  readonly perSecond: Prisma.Sql;
  readonly burst: Prisma.Sql;
}

/** How many requests may leave now, when the whole burst is available again in this number of seconds; below 0 for none. */
export function requestsNow({ perSecond, burst }: RateSql, secondsToFull: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`floor(${burst} - (${secondsToFull} - ${TOLERANCE_SECONDS}::float8) * ${perSecond})`;
}

/** The new value of `quota_back_at` when requests leave. */
export function withoutRequests(count: Prisma.Sql, perSecond: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`GREATEST(quota_back_at, clock_timestamp()) + make_interval(secs => ${count} / ${perSecond})`;
}

/** The rate as values of a statement. */
export function rateSql({ perSecond, burst }: Rate): RateSql {
  return { perSecond: Prisma.sql`${perSecond}::float8`, burst: Prisma.sql`${burst}::float8` };
}

/** Seconds until the whole burst is available again; a value of a row of `lane`. */
export const SECONDS_TO_FULL_BURST = secondsUntil(Prisma.sql`quota_back_at`);

/** Seconds until the time in a column, 0 when it is past. */
export function secondsUntil(column: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`GREATEST(EXTRACT(EPOCH FROM ${column} - clock_timestamp()), 0)::float8`;
}

/**
 * Charges the quota for a read by the lane's holder; a claim charges it for its call.
 *
 * @returns false when another worker holds the lane: the read must not leave.
 */
export async function spendQuota(
  prisma: PrismaClient,
  { lane, holder }: Tenure,
  rate: Rate,
): Promise<boolean> {
  const spent = await prisma.$executeRaw`
    UPDATE lane SET quota_back_at = ${withoutRequests(Prisma.sql`1`, rateSql(rate).perSecond)}
    WHERE id = ${lane.id}::int AND holder = ${holder}::uuid
  `;
  return spent === 1;
}
