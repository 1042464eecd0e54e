import { Prisma, type PrismaClient } from '../../generated/client.js';
import type { DoubtEnd, DoubtStore } from '../../ports/doubts.js';
import type { Settlement } from '../../ports/laneRecord.js';
import { translateDatabaseError } from '../connection/unavailable.js';
import { settleForGood } from '../lanes/settleCalls.js';
import { IN_DOUBT } from '../sql/inDoubt.js';

/**
 * The store that settles calls by hand, in one transaction of three statements.
 *
 * - Race: the holder of the lane settles the same call. Both change its row while it is not settled: the second waits for the
 *   first, and then changes nothing.
 * - Race: no deadlock. The lane is locked first, as in every statement that settles.
 */
export function createDoubtStore(prisma: PrismaClient): DoubtStore {
  return {
    resolve: (callId, end) =>
      prisma
        .$transaction((tx) => resolveDoubt(tx, callId, end))
        .catch((error: unknown) => {
          // The client translates errors of its operations; begin and commit are none.
          throw translateDatabaseError(error);
        }),
  };
}

async function resolveDoubt(tx: Prisma.TransactionClient, callId: string, end: DoubtEnd): Promise<boolean> {
  const [lane] = await tx.$queryRaw<{ id: number }[]>`
    SELECT id FROM lane WHERE id = (SELECT lane_id FROM call WHERE id = ${callId}::uuid) FOR SHARE
  `;
  if (lane === undefined) {
    return false;
  }
  const marked = await tx.$executeRaw`
    UPDATE call c SET resolved_by = ${end.resolvedBy}, resolution = ${end.resolution}
    WHERE c.id = ${callId}::uuid AND ${IN_DOUBT}
  `;
  if (marked === 0) {
    return false;
  }
  const held = Prisma.sql`SELECT id, NULL::uuid AS holder, service FROM lane WHERE id = ${lane.id}::int`;
  await tx.$queryRaw(settleForGood(held, [settlementOf(callId, end)]));
  return true;
}

function settlementOf(callId: string, { verdict }: DoubtEnd): Settlement {
  return {
    callId,
    status: 'UNANSWERED',
    metadata: null,
    errorCode: null,
    errorMessage: null,
    unprocessed: [],
    defaultVerdict: verdict,
    exceptions: new Map(),
  };
}
