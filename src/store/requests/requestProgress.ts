import type { PrismaClient } from '../../generated/client.js';
import type { ProgressStore, RequestVersion } from '../../ports/progress.js';

/** Request progress from the counts of targets: a row for each target of a request, for any number of accounts. */
export function createProgressStore(prisma: PrismaClient): ProgressStore {
  return {
    versions: (requestIds) => prisma.$queryRaw<RequestVersion[]>`
      SELECT r.id::text AS "requestId", r.finished_at IS NOT NULL AS "isFinished",
        concat_ws(' ', r.status, sum(t.pending), sum(t.in_flight), sum(t.processed), sum(t.unprocessed), sum(t.failed))
          AS version
      FROM request r JOIN target t ON t.request_id = r.id
      WHERE r.id = ANY (${[...requestIds]}::uuid[])
      GROUP BY r.id
    `,
  };
}
