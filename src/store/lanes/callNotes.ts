import type { PrismaClient } from '../../generated/client.js';
import type { Tenure } from '../../ports/laneRecord.js';
import type { Acknowledged, Answered, Refused } from '../../ports/upstream.js';

/**
 * Keeps an answer that a worker got after it had lost the lane. No holder is checked, since only this column changes: the
 * successor's results stand. Only the first such answer is kept, and none for a call whose answer was recorded in time.
 */
export async function recordLateAnswer(
  prisma: PrismaClient,
  callId: string,
  answer: Answered | Acknowledged | Refused,
): Promise<void> {
  const late = {
    status: answer.kind === 'REFUSED' ? 'REFUSED' : 'ANSWERED',
    recordedAt: new Date().toISOString(),
    httpStatus: answer.metadata.httpStatus,
    awsRequestId: answer.metadata.awsRequestId,
    errorCode: answer.kind === 'REFUSED' ? answer.errorCode : null,
    errorMessage: answer.kind === 'REFUSED' ? answer.errorMessage : null,
    unprocessed: answer.kind === 'ANSWERED' ? answer.unprocessed : [],
  };
  await prisma.$executeRaw`
    UPDATE call SET late_answer = ${JSON.stringify(late)}::jsonb
    WHERE id = ${callId}::uuid AND late_answer IS NULL AND status IN ('SENT', 'UNANSWERED')
  `;
}

/**
 * Writes to the call why its accounts are still IN_FLIGHT: the error of the last read-back. A tenure that has ended writes
 * nothing.
 */
export async function noteReadBackError(
  prisma: PrismaClient,
  { lane, holder }: Tenure,
  callId: string,
  error: string,
): Promise<'OPEN' | 'SETTLED'> {
  const [row] = await prisma.$queryRaw<{ settled: boolean }[]>`
    WITH noted AS (
      UPDATE call SET read_back_error = ${error}
      WHERE id = ${callId}::uuid AND settled_at IS NULL AND read_back_error IS DISTINCT FROM ${error}
        AND EXISTS (SELECT FROM lane WHERE id = ${lane.id}::int AND holder = ${holder}::uuid FOR SHARE)
    )
    SELECT settled_at IS NOT NULL AS settled FROM call WHERE id = ${callId}::uuid
  `;
  return row?.settled === true ? 'SETTLED' : 'OPEN';
}
