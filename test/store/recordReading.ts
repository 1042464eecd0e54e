import { Prisma, type PrismaClient } from '../../src/generated/client.js';
import type { OutcomeStatus, ReasonCode } from '../../src/membership.js';
import type { ClaimedCall, Settlement, Verdict } from '../../src/ports/laneRecord.js';
import { PROCESSED } from './recordFixture.js';

/** The settlement of an answered call: the exceptions with their verdicts, all other accounts processed. */
export function answeredWith(call: ClaimedCall, exceptions: [string, Verdict][] = []): Settlement {
  return {
    callId: call.callId,
    status: 'ANSWERED',
    metadata: { httpStatus: 200, awsRequestId: 'r', attempts: 1 },
    errorCode: null,
    errorMessage: null,
    unprocessed: [],
    defaultVerdict: PROCESSED,
    exceptions: new Map(exceptions),
  };
}

/** All outcomes of the record: those that have ended, and those that have not. */
export const ALL_OUTCOMES = Prisma.sql`(SELECT * FROM outcome UNION ALL SELECT * FROM open_outcome)`;

/** An outcome, open or not. */
export interface RecordedOutcome {
  readonly targetId: bigint;
  readonly accountId: string;
  readonly laneId: number;
  readonly status: OutcomeStatus;
  readonly reasonCode: ReasonCode | null;
  readonly reason: string | null;
  readonly settledAt: Date | null;
  readonly callIds: readonly string[];
}

/** All outcomes of the record, by target and account. */
export async function readOutcomes(prisma: PrismaClient): Promise<RecordedOutcome[]> {
  return prisma.$queryRaw`
    SELECT target_id AS "targetId", account_id AS "accountId", lane_id AS "laneId", status::text, reason_code::text AS "reasonCode",
      reason, settled_at AS "settledAt", call_ids::text[] AS "callIds"
    FROM ${ALL_OUTCOMES} o ORDER BY target_id, account_id`;
}

/** The number of outcomes with each status. */
export async function countOutcomes(prisma: PrismaClient): Promise<Record<string, number>> {
  const rows = await prisma.$queryRaw<{ status: string; outcomes: number }[]>`
    SELECT status::text, count(*)::int AS outcomes FROM ${ALL_OUTCOMES} o GROUP BY status`;
  return Object.fromEntries(rows.map(({ status, outcomes }) => [status, outcomes]));
}

/** Deletes all of the record except its lanes. */
export async function emptyRecord(prisma: PrismaClient): Promise<void> {
  const guarded = ['send', 'call', 'outcome'];
  const triggers = (change: string) =>
    guarded.map((table) =>
      prisma.$executeRaw(Prisma.raw(`ALTER TABLE ${table} ${change} TRIGGER ${table}_is_not_truncated`)),
    );
  await prisma.$transaction([
    ...triggers('DISABLE'),
    prisma.$executeRaw`TRUNCATE send, call, outcome, queued_account, request_account, target, request, settled_hour, settled_day RESTART IDENTITY CASCADE`,
    ...triggers('ENABLE'),
  ]);
}

/** Targets whose counts differ from their outcomes, and requests whose sums differ from their targets. */
export async function recordFaults(prisma: PrismaClient): Promise<unknown[]> {
  return prisma.$queryRaw`
    SELECT 'target' AS what, t.id::text, t.pending, t.in_flight, t.processed, t.unprocessed, t.failed, t.canceled
    FROM target t LEFT JOIN ${ALL_OUTCOMES} o ON o.target_id = t.id
    GROUP BY t.id
    HAVING (t.pending, t.in_flight, t.processed, t.unprocessed, t.failed, t.canceled) IS DISTINCT FROM (
      count(*) FILTER (WHERE o.status = 'PENDING'), count(*) FILTER (WHERE o.status = 'IN_FLIGHT'),
      count(*) FILTER (WHERE o.status = 'PROCESSED'), count(*) FILTER (WHERE o.status = 'UNPROCESSED'),
      count(*) FILTER (WHERE o.status = 'FAILED'), count(*) FILTER (WHERE o.status = 'CANCELED'))
    UNION ALL
    SELECT 'request', r.id::text, r.open_targets, r.total, r.processed, r.canceled, NULL, NULL
    FROM request r JOIN target t ON t.request_id = r.id
    GROUP BY r.id
    HAVING r.open_targets <> count(*) FILTER (WHERE t.pending + t.in_flight > 0)
      OR r.total <> sum(t.total)
      OR r.processed <> COALESCE(sum(t.processed) FILTER (WHERE t.pending + t.in_flight = 0), 0)
      OR r.canceled <> COALESCE(sum(t.canceled) FILTER (WHERE t.pending + t.in_flight = 0), 0)
  `;
}
