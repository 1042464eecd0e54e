import type { PrismaClient } from '../../generated/client.js';
import type { Gauges, LaneGauge, PoolGauge, SettledGauge } from '../../ports/gauges.js';
import { IN_DOUBT } from '../sql/inDoubt.js';
import { SECONDS_TO_FULL_BURST } from '../lanes/laneQuota.js';

/** Reads of the record for metrics, in PostgreSQL. */
export function createGauges(prisma: PrismaClient, pool: () => PoolGauge): Gauges {
  return {
    lanes: () => readLanes(prisma),
    settled: (from) => readSettled(prisma, from),
    pool,
  };
}

/**
 * The waiting targets and the calls under way have an index of their own each. The first 48 bits of a request's id are its time.
 */
function readLanes(prisma: PrismaClient): Promise<LaneGauge[]> {
  return prisma.$queryRaw<LaneGauge[]>`
    SELECT lane.administrator, lane.service::text, lane.region, ${SECONDS_TO_FULL_BURST} AS "secondsToFullBurst",
      COALESCE(waiting.pending, 0)::float8 AS pending,
      COALESCE(GREATEST(EXTRACT(EPOCH FROM clock_timestamp())
        - ('x' || left(translate(waiting.oldest, '-', ''), 12))::bit(48)::bigint / 1000.0, 0), 0)::float8 AS "oldestSeconds",
      COALESCE(sent.calls, 0)::float8 AS "callsUnderWay", COALESCE(sent.doubts, 0)::float8 AS doubts,
      COALESCE(EXTRACT(EPOCH FROM clock_timestamp() - sent.oldest_doubt), 0)::float8 AS "oldestDoubtSeconds",
      EXTRACT(EPOCH FROM clock_timestamp() - inventory.observed_at)::float8 AS "inventorySeconds"
    FROM lane LEFT JOIN (
      SELECT lane_id, sum(pending) AS pending, min(request_id::text) AS oldest FROM target WHERE pending > 0 GROUP BY lane_id
    ) waiting ON waiting.lane_id = lane.id LEFT JOIN (
      SELECT lane_id, count(*) AS calls, count(*) FILTER (WHERE ${IN_DOUBT}) AS doubts,
        min(started_at) FILTER (WHERE ${IN_DOUBT}) AS oldest_doubt
      FROM call c WHERE settled_at IS NULL GROUP BY lane_id
    ) sent ON sent.lane_id = lane.id LEFT JOIN inventory ON inventory.lane_id = lane.id
  `;
}

/** By the primary key of the hourly counts of statistics. */
function readSettled(prisma: PrismaClient, from: Date): Promise<SettledGauge[]> {
  return prisma.$queryRaw<SettledGauge[]>`
    SELECT s.hour, l.administrator, l.service::text, l.region, s.operation::text, s.status::text, s.reason,
      sum(s.outcomes)::float8 AS outcomes
    FROM settled_hour s JOIN lane l ON l.id = s.lane_id
    WHERE s.hour >= ${from}::timestamptz
    GROUP BY 1, 2, 3, 4, 5, 6, 7
  `;
}
