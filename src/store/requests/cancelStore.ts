import { Prisma, type PrismaClient } from '../../generated/client.js';
import type { CancelStore } from '../../ports/requests.js';
import { COUNT_SETTLED, TELL_FINISHED } from '../lanes/countSettled.js';
import { asCallersSeeIt } from '../connection/unavailable.js';

/** Longest a cancellation may take; that of 40,000 outcomes takes half a second. */
const CANCEL_TIMEOUT_MS = 30_000;

/**
 * The store that withdraws requests, in one transaction of two statements. The first takes the request's lanes for it
 * alone: claims and settlements share-lock theirs, so those under way are over and the next ones wait. The second then
 * sees everything they have done, and nothing it reads can change: a statement that had to wait for a lane itself would
 * still look at the record as it was before.
 */
export function createCancelStore(prisma: PrismaClient): CancelStore {
  const cancel = (requestId: string): Promise<boolean> =>
    prisma.$transaction(
      async (tx) => {
        const open = await markCanceled(tx, requestId);
        if (open > 0) {
          await withdrawPending(tx, requestId);
        }
        return open > 0;
      },
      { timeout: CANCEL_TIMEOUT_MS },
    );
  return {
    cancel: (requestId) =>
      cancel(requestId).catch((error: unknown) => {
        // Beginning and committing are no operations of the client, which translates the errors of those.
        throw asCallersSeeIt(error);
      }),
  };
}

/**
 * Marks the targets of the request that are still open, and answers how many those are. `settleCalls` reads the mark:
 * what is in flight now settles, and does not become PENDING again.
 *
 * Every statement locks lanes before outcomes, targets and requests, and a statement that wants several lanes takes
 * them in the order of their ids: none can deadlock with this one. Accepting goes on meanwhile; its lock is a weaker one.
 */
async function markCanceled(tx: Prisma.TransactionClient, requestId: string): Promise<number> {
  return tx.$executeRaw`
    WITH lanes AS MATERIALIZED (
      SELECT id FROM lane WHERE id IN (SELECT lane_id FROM target WHERE request_id = ${requestId}::uuid)
      ORDER BY id FOR NO KEY UPDATE
    )
    UPDATE target t SET canceled_at = COALESCE(t.canceled_at, clock_timestamp())
    FROM lanes
    WHERE t.request_id = ${requestId}::uuid AND t.lane_id = lanes.id AND t.pending + t.in_flight > 0
  `;
}

/**
 * Settles as CANCELED whatever waits to be sent, for the first time or again, while the request's lanes are held.
 * COALESCE keeps the planner from the partial indexes, as in `settleCalls`: it reads the request's outcomes, no others.
 */
async function withdrawPending(tx: Prisma.TransactionClient, requestId: string): Promise<void> {
  await tx.$queryRaw(Prisma.sql`
    WITH settled AS (
      UPDATE outcome o SET status = 'CANCELED', settled_at = clock_timestamp()
      FROM target t
      WHERE t.request_id = ${requestId}::uuid AND o.target_id = t.id AND COALESCE(o.status = 'PENDING', false)
      RETURNING o.target_id, 'PENDING'::outcome_status AS was, o.status, o.reason_code, o.settled_at
    ),
    ${COUNT_SETTLED}
    SELECT ${TELL_FINISHED}
  `);
}
