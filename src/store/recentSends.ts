import type { PrismaClient } from '../generated/client.js';
import type { Tenure } from '../ports/laneRecord.js';

/** Requests a new holder looks back on: more than any burst that AWS grants (UPSTREAMS.md, "Rates"). */
const RECENT_SENDS = 100;

/**
 * Writes down that a read is about to leave, so that a successor counts it too: reads have no rows of their own. False
 * when the lane is another's by now, and nothing may leave.
 */
export async function noteRead(prisma: PrismaClient, { lane, holder }: Tenure): Promise<boolean> {
  const written = await prisma.$executeRaw`
    UPDATE lane SET recent_reads = clock_timestamp() || recent_reads[:${RECENT_SENDS - 1}::int]
    WHERE id = ${lane.id}::int AND holder = ${holder}::uuid
  `;
  return written === 1;
}

/** Ages in milliseconds of the last requests that left in the lane, calls and reads, the youngest first. */
export async function recentSends(prisma: PrismaClient, { lane }: Tenure): Promise<number[]> {
  const rows = await prisma.$queryRaw<{ age: number }[]>`
    SELECT (EXTRACT(EPOCH FROM clock_timestamp() - sent_at) * 1000)::float8 AS age
    FROM (
      (SELECT started_at AS sent_at FROM call WHERE lane_id = ${lane.id}::int ORDER BY id DESC LIMIT ${RECENT_SENDS}::int)
      UNION ALL
      SELECT unnest(recent_reads) FROM lane WHERE id = ${lane.id}::int
    ) sent
    ORDER BY sent_at DESC LIMIT ${RECENT_SENDS}::int
  `;
  return rows.map(({ age }) => Math.max(0, age));
}
