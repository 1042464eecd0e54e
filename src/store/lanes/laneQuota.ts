import { Prisma, type PrismaClient } from '../../generated/client.js';
import type { Rate, Tenure } from '../../ports/laneRecord.js';

/**
 * The quota of a lane, kept in its row for all replicas: `quota_back_at` is when the whole burst will be there again if
 * nothing more leaves (the generic cell rate algorithm). A request moves it by the time that one request's share takes
 * to come back; none may leave that would move it further ahead than a burst.
 */

/** How much too early a request may be, in seconds: timers are no better, and the rate is kept all the same. */
export const TOLERANCE_SECONDS = 0.005;

/** Whether one more request may leave: a condition on a row of `lane`. */
export function hasQuota({ perSecond, burst }: Rate): Prisma.Sql {
  const ahead = (burst - 1) / perSecond + TOLERANCE_SECONDS;
  return Prisma.sql`quota_back_at <= clock_timestamp() + make_interval(secs => ${ahead}::float8)`;
}

/** What an update of `lane` sets `quota_back_at` to when a request leaves. */
export function withoutOne({ perSecond }: Rate): Prisma.Sql {
  return Prisma.sql`GREATEST(quota_back_at, clock_timestamp()) + make_interval(secs => ${1 / perSecond}::float8)`;
}

/** Seconds until the whole burst is there again; a value of a row of `lane`. */
export const SECONDS_TO_FULL_BURST = secondsUntil(Prisma.sql`quota_back_at`);

/** Seconds until the moment in a column, 0 when it is over. */
export function secondsUntil(column: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`GREATEST(EXTRACT(EPOCH FROM ${column} - clock_timestamp()), 0)::float8`;
}

/**
 * Takes a request's share before a read of the lane's holder leaves: calls take theirs as they are claimed. False when
 * the lane is another's by now, and nothing may leave.
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
