import { Prisma, type PrismaClient } from '../../generated/client.js';
import type { CancelStore } from '../../ports/requests.js';
import { endPendingOutcomes } from '../lanes/endPendingOutcomes.js';
import { translateDatabaseError } from '../connection/unavailable.js';

/** Longest cancellation; one of 40,000 outcomes takes 0.5 seconds. */
const CANCEL_TIMEOUT_MS = 30_000;

/**
 * The store that cancels requests, in one transaction of two statements.
 *
 * Race: claims and settlements share-lock their lanes. The first statement locks the lanes of the request, so it waits for
 * those that run, and later ones wait for it. The second statement then reads all they have written, and nothing that it
 * reads can change. In one statement it would read the record as it was before the wait.
 */
export function createCancelStore(prisma: PrismaClient): CancelStore {
  const cancel: CancelStore['cancel'] = (requestId) =>
    prisma.$transaction(
      async (tx) => {
        const targets = await markTargetsCanceled(tx, requestId);
        if (targets.length === 0) {
          return 'FINISHED';
        }
        if (targets.every(({ pending }) => pending === 0)) {
          return targets.some(({ wasCanceled }) => wasCanceled) ? 'CANCELED' : 'IN_FLIGHT';
        }
        await cancelPendingOutcomes(tx, requestId);
        return 'CANCELED';
      },
      { timeout: CANCEL_TIMEOUT_MS },
    );
  return {
    cancel: (requestId) =>
      cancel(requestId).catch((error: unknown) => {
        // The client translates errors of its operations; begin and commit are none.
        throw translateDatabaseError(error);
      }),
  };
}

/**
 * Marks the unfinished targets of the request as canceled, and returns them. `settleCalls` reads the mark: outcomes
 * in flight settle, and do not become PENDING again.
 *
 * Race: no deadlock. Every statement locks lanes before outcomes, targets and requests, and several lanes in the order of
 * their ids. Inserts of requests go on meanwhile, since their lock is weaker.
 */
async function markTargetsCanceled(
  tx: Prisma.TransactionClient,
  requestId: string,
): Promise<{ pending: number; wasCanceled: boolean }[]> {
  return tx.$queryRaw`
    WITH lanes AS MATERIALIZED (
      SELECT id FROM lane WHERE id IN (SELECT lane_id FROM target WHERE request_id = ${requestId}::uuid)
      ORDER BY id FOR NO KEY UPDATE
    ),
    before AS (SELECT id, canceled_at IS NOT NULL AS was_canceled FROM target WHERE request_id = ${requestId}::uuid)
    UPDATE target t SET canceled_at = COALESCE(t.canceled_at, clock_timestamp())
    FROM lanes, before
    WHERE t.request_id = ${requestId}::uuid AND t.lane_id = lanes.id AND t.id = before.id AND t.pending + t.in_flight > 0
    RETURNING t.pending, before.was_canceled AS "wasCanceled"
  `;
}

/** Ends every PENDING outcome of the request as CANCELED, while its lanes are locked. */
async function cancelPendingOutcomes(tx: Prisma.TransactionClient, requestId: string): Promise<void> {
  const targetIds = Prisma.sql`SELECT id FROM target WHERE request_id = ${requestId}::uuid AND pending > 0`;
  await tx.$queryRaw(endPendingOutcomes(targetIds, { status: 'CANCELED', reasonCode: null, reason: null }));
}
