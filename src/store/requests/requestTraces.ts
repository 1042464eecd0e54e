import type { PrismaClient } from '../../generated/client.js';
import type { RequestTraces } from '../../ports/tracing.js';

/** Most requests of one call that its spans link to: the SDK keeps no more links of a span by default. */
const MAX_LINKED = 128;

/** The trace contexts of requests, from the record. Read only while tracing is on. */
export function createRequestTraces(prisma: PrismaClient): RequestTraces {
  return {
    async ofCall(callId) {
      const rows = await prisma.$queryRaw<{ traceparent: string }[]>`
        SELECT DISTINCT r.traceparent
        FROM send s JOIN target t ON t.id = s.target_id JOIN request r ON r.id = t.request_id
        WHERE s.call_id = ${callId}::uuid AND r.traceparent IS NOT NULL
        LIMIT ${MAX_LINKED}::int`;
      return rows.map(({ traceparent }) => traceparent);
    },
  };
}
