import { Prisma, type PrismaClient } from '../../generated/client.js';
import type { SecurityService, TargetAddress } from '../../membership.js';
import type { Rate } from '../../ports/laneRecord.js';
import type { ReadQuota, ReadTurn } from '../../ports/readQuota.js';
import { rateSql, requestsNow, secondsUntil } from './laneQuota.js';

/**
 * The share of a lane's rate and burst for live reads: the lane's calls keep at least 50 % (docs/decisions/0014).
 */
const READ_SHARE = 0.5;

/** The quota of live reads, kept in the rows of the lanes. */
export function createReadQuota(
  prisma: PrismaClient,
  laneIdOf: (target: TargetAddress) => number,
  rates: Readonly<Record<SecurityService, Rate>>,
): ReadQuota {
  return {
    reserve: async (target, wanted) => reserveReads(prisma, laneIdOf(target), rates[target.service], wanted),
  };
}

/**
 * Charges the lane's quota for live reads, and returns how many may leave, or how long to wait. The lane's row is locked
 * meanwhile, so live reads, claims and read-backs of all replicas never spend the same request twice. Nothing is written
 * when nothing is granted.
 */
async function reserveReads(
  prisma: PrismaClient,
  laneId: number,
  rate: Rate,
  wanted: number,
): Promise<ReadTurn> {
  const reads: Rate = { perSecond: rate.perSecond * READ_SHARE, burst: Math.max(1, rate.burst * READ_SHARE) };
  const [turn] = await prisma.$queryRaw<[ReadTurn]>(Prisma.sql`
    /* prepared: reserve_reads */
    WITH held AS MATERIALIZED (
      SELECT id, clock_timestamp() AS at, quota_back_at, reads_back_at,
        ${secondsUntil(Prisma.sql`quota_back_at`)} AS quota, ${secondsUntil(Prisma.sql`reads_back_at`)} AS reads
      FROM lane WHERE id = ${laneId}::int
      FOR NO KEY UPDATE
    ),
    turn AS MATERIALIZED (
      SELECT *,
        GREATEST(0, LEAST(${wanted}::int, ${requestsNow(rateSql(rate), Prisma.sql`quota`)}, ${requestsNow(rateSql(reads), Prisma.sql`reads`)}))::int AS granted,
        GREATEST(${untilOne(rate, Prisma.sql`quota`)}, ${untilOne(reads, Prisma.sql`reads`)}) AS until_one
      FROM held
    ),
    spent AS (
      UPDATE lane SET
        quota_back_at = GREATEST(turn.quota_back_at, turn.at) + ${share(rate)},
        reads_back_at = GREATEST(turn.reads_back_at, turn.at) + ${share(reads)}
      FROM turn WHERE lane.id = turn.id AND turn.granted > 0
    )
    SELECT granted, at, CASE WHEN granted > 0 THEN 0 ELSE GREATEST(1, until_one * 1000) END::float8 AS wait
    FROM turn
  `);
  return turn;
}

/** Seconds until one request may leave. */
function untilOne({ perSecond, burst }: Rate, secondsToFull: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`${secondsToFull} - ${(burst - 1) / perSecond}::float8`;
}

/** The time until the granted requests are available again. */
function share({ perSecond }: Rate): Prisma.Sql {
  return Prisma.sql`make_interval(secs => turn.granted * ${1 / perSecond}::float8)`;
}
