import { Prisma, type PrismaClient } from '../../generated/client.js';
import type { Rate, Tenure } from '../../ports/laneRecord.js';

/**
 * The quota of a lane, in its row for all replicas (generic cell rate algorithm): `quota_back_at` is when the whole burst
 * is available again if no more requests leave. A request moves it later by 1 / rate seconds. A request that would move
 * it further ahead than the burst must wait. A worker's own pace is the same arithmetic (lanes/pace.ts).
 */

/** How early a request may leave, in seconds: timers are no more exact, and the rate holds all the same. */
export const TOLERANCE_SECONDS = 0.005;

/** Whether one more request may leave: a condition on a row of `lane`. */
export function hasQuota({ perSecond, burst }: Rate): Prisma.Sql {
  const ahead = (burst - 1) / perSecond + TOLERANCE_SECONDS;
  return Prisma.sql`quota_back_at <= clock_timestamp() + make_interval(secs => ${ahead}::float8)`;
}

/** The new value of `quota_back_at` when a request leaves. */
export function withoutOne({ perSecond }: Rate): Prisma.Sql {
  return Prisma.sql`GREATEST(quota_back_at, clock_timestamp()) + make_interval(secs => ${1 / perSecond}::float8)`;
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
    UPDATE lane SET quota_back_at = ${withoutOne(rate)} WHERE id = ${lane.id}::int AND holder = ${holder}::uuid
  `;
  return spent === 1;
}
