import { randomUUID } from 'node:crypto';
import { Prisma, type PrismaClient } from '../../generated/client.js';
import type {
  Lane,
  LaneRecord,
  LostAnswer,
  PendingWork,
  Tenure,
  UnsettledCall,
  Verdict,
} from '../../ports/laneRecord.js';
import type { ResponseMetadata } from '../../ports/upstream.js';
import type { GatewayPrisma } from '../connection/client.js';
import { recordLateAnswer, noteReadBackError } from './callNotes.js';
import { unsettledCalls } from '../sql/unsettledCalls.js';
import { endPendingOutcomes } from './endPendingOutcomes.js';
import { SECONDS_TO_FULL_BURST, spendQuota } from './laneQuota.js';
import { createSharedStatements } from './sharedStatements.js';

/**
 * The statements of the lanes' workers in one replica, in PostgreSQL.
 *
 * @param requestFinished told of the requests that a settlement has finished, before NOTIFY tells every replica.
 */
export function createLaneRecord(
  prisma: GatewayPrisma,
  replica: string,
  requestFinished: (requestId: string) => void = () => undefined,
): LaneRecord {
  return {
    ...createSharedStatements(prisma, requestFinished),
    acquire: (lane) => acquireLane(prisma, replica, lane),
    markAnswered: (tenure, callId, metadata) => markAnswered(prisma, tenure, callId, metadata),
    markUnanswered: (tenure, callId, answer) => markUnanswered(prisma, tenure, callId, answer),
    adoptOpenCalls: (tenure, known) => adoptOpenCalls(prisma, tenure, known),
    recordLateAnswer: (callId, answer) => recordLateAnswer(prisma, callId, answer),
    noteReadBackError: (tenure, callId, error) => noteReadBackError(prisma, tenure, callId, error),
    spendQuota: (tenure, rate) => spendQuota(prisma, tenure, rate),
    failPending: (tenure, verdict) => failPending(prisma, tenure, verdict),
    pendingWork: (tenure) => pendingWork(prisma, tenure),
    release: (tenure) => releaseLane(prisma, tenure),
  };
}

/**
 * Replaces the lane's holder. Waits for a statement of the old holder that is under way; the old holder's later
 * statements change nothing.
 */
async function acquireLane(prisma: PrismaClient, replica: string, lane: Lane): Promise<Tenure> {
  const holder = randomUUID();
  await prisma.$executeRaw`
    UPDATE lane SET holder = ${holder}::uuid, held_since = now(), replica = ${replica}::uuid WHERE id = ${lane.id}::int
  `;
  return { lane, holder };
}

/**
 * Records an answer that says nothing of single accounts. The call's outcomes stay IN_FLIGHT and the call unsettled until
 * the lane's holder reads the members back. A second such answer changes nothing.
 */
async function markAnswered(
  prisma: PrismaClient,
  { lane, holder }: Tenure,
  callId: string,
  metadata: ResponseMetadata,
): Promise<'MARKED' | 'LOST'> {
  const [row] = await prisma.$queryRaw<{ held: boolean }[]>`
    WITH held AS MATERIALIZED (
      SELECT id FROM lane WHERE id = ${lane.id}::int AND holder = ${holder}::uuid FOR SHARE
    ),
    marked AS (
      UPDATE call SET status = 'ANSWERED', finished_at = clock_timestamp(), http_status = ${metadata.httpStatus}::int,
        aws_request_id = ${metadata.awsRequestId}, attempts = ${metadata.attempts}::int
      WHERE id = ${callId}::uuid AND status = 'SENT' AND lane_id IN (SELECT id FROM held)
    )
    SELECT EXISTS (SELECT FROM held) AS held
  `;
  return row?.held === true ? 'MARKED' : 'LOST';
}

/** Records what is known of a lost answer. The call's outcomes stay IN_FLIGHT until a read-back. */
async function markUnanswered(
  prisma: PrismaClient,
  { lane, holder }: Tenure,
  callId: string,
  { metadata, errorCode, errorMessage }: LostAnswer,
): Promise<void> {
  await prisma.$executeRaw`
    UPDATE call SET status = 'UNANSWERED', finished_at = clock_timestamp(),
      http_status = ${metadata.httpStatus}::int, aws_request_id = ${metadata.awsRequestId},
      attempts = ${metadata.attempts}::int, error_code = ${errorCode}, error_message = ${errorMessage}
    WHERE id = ${callId}::uuid AND status = 'SENT'
      AND EXISTS (SELECT FROM lane WHERE id = ${lane.id}::int AND holder = ${holder}::uuid FOR SHARE)
  `;
}

/**
 * Takes over the calls that are not settled and that the holder does not know: calls of earlier holders, and a call whose
 * claim was committed while its answer was lost. The answer to one of them may still reach a frozen holder, whose later
 * statements change nothing. A call that is ANSWERED stays so: only its accounts are open.
 */
async function adoptOpenCalls(
  prisma: PrismaClient,
  { lane, holder }: Tenure,
  known: readonly string[],
): Promise<UnsettledCall[]> {
  return prisma.$queryRaw<UnsettledCall[]>`
    UPDATE call c SET
      status = CASE WHEN c.status = 'ANSWERED' THEN c.status ELSE 'UNANSWERED' END,
      finished_at = COALESCE(c.finished_at, clock_timestamp()),
      attempts = GREATEST(c.attempts, 1),
      error_code = CASE WHEN c.status <> 'ANSWERED' THEN COALESCE(c.error_code, 'WorkerLost') END,
      error_message = CASE WHEN c.status <> 'ANSWERED'
        THEN COALESCE(c.error_message, 'The worker that sent this call ended before the answer was recorded.') END
    WHERE c.lane_id::bigint = ${lane.id}::int AND c.settled_at IS NULL AND c.id <> ALL (${known}::uuid[])
      AND EXISTS (SELECT FROM lane WHERE id = ${lane.id}::int AND holder = ${holder}::uuid FOR SHARE)
    RETURNING c.id::text AS "callId", c.operation::text AS operation, c.detector_id AS "detectorId",
      c.started_at AS "startedAt", (EXTRACT(EPOCH FROM clock_timestamp() - c.started_at) * 1000)::float8 AS "ageMs", c.status = 'ANSWERED' AS acknowledged,
      (
        SELECT array_agg(DISTINCT sent.account_id)
        FROM send s CROSS JOIN LATERAL unnest(s.account_ids) AS sent (account_id)
        WHERE s.call_id = c.id
      ) AS "accountIds"
  `;
}

/**
 * Fails every PENDING outcome of the lane that needs a detector: no call carries it. Outcomes whose request names its own
 * detector stay.
 */
async function failPending(prisma: PrismaClient, { lane, holder }: Tenure, verdict: Verdict): Promise<void> {
  const targetIds = Prisma.sql`
    SELECT t.id
    FROM (SELECT id FROM lane WHERE id = ${lane.id}::int AND holder = ${holder}::uuid FOR SHARE) held
    JOIN target t ON t.lane_id = held.id AND t.pending > 0 AND NOT t.detector_pinned`;
  await prisma.$queryRaw(endPendingOutcomes(targetIds, verdict));
}

async function pendingWork(prisma: PrismaClient, { lane }: Tenure): Promise<PendingWork> {
  const rows = await prisma.$queryRaw<[PendingWork]>`
    /* prepared: pending_work */
    SELECT COALESCE(sum(pending), 0)::int AS outcomes,
      (EXTRACT(EPOCH FROM min(turn) - clock_timestamp()) * 1000)::float8 AS "dueInMs",
      (SELECT ${SECONDS_TO_FULL_BURST} FROM lane WHERE id = ${lane.id}::int) AS "secondsToFullBurst"
    FROM target WHERE lane_id = ${lane.id}::int AND pending > 0
  `;
  return rows[0];
}

/**
 * Ends the tenure if no work waits. The exclusive lock on the lane's row waits for every transaction that has written a
 * target of this lane and is not committed (its foreign key locks the row), and the statement after the lock sees their
 * work. A request that found a job already queued is thus not stranded when that job ends.
 */
async function releaseLane(
  prisma: PrismaClient,
  { lane, holder }: Tenure,
): Promise<'RELEASED' | 'WORK_WAITS' | 'LOST'> {
  return prisma.$transaction(async (tx) => {
    const held = await tx.$queryRaw<unknown[]>`
      SELECT id FROM lane WHERE id = ${lane.id}::int AND holder = ${holder}::uuid FOR UPDATE
    `;
    if (held.length === 0) {
      return 'LOST';
    }
    const freed = await tx.$executeRaw`
      UPDATE lane SET holder = NULL, held_since = NULL, replica = NULL
      WHERE id = ${lane.id}::int
        AND NOT EXISTS (SELECT FROM target WHERE lane_id = ${lane.id}::int AND pending > 0)
        AND NOT EXISTS (SELECT FROM ${unsettledCalls(Prisma.sql`${lane.id}::int`)} AS open)
    `;
    return freed === 1 ? 'RELEASED' : 'WORK_WAITS';
  });
}
