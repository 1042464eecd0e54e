import { Prisma, type PrismaClient } from '../generated/client.js';
import type { TargetAddress } from '../membership.js';
import type { AcceptedRequest, NewRequest, RequestStore } from '../ports/requests.js';
import { LANE_WAKE_CHANNEL } from './notifications.js';

/** Puts a job on each lane inside the caller's transaction. */
export type EnqueueLanes = (tx: Prisma.TransactionClient, laneIds: readonly number[]) => Promise<void>;

/** How a target names its lane. */
export type LaneIdOf = (address: TargetAddress) => number;

/** Longest a transaction that accepts a request may take; 10,000 accounts at 34 targets take a few seconds. */
const ACCEPT_TIMEOUT_MS = 30_000;

/** Longest an accept waits for a free connection before it answers that the database is busy. */
const ACCEPT_MAX_WAIT_MS = 10_000;

/** The store that takes requests in. */
export function createRequestStore(
  prisma: PrismaClient,
  laneIdOf: LaneIdOf,
  enqueue: EnqueueLanes,
): RequestStore {
  return {
    async accept(request) {
      const laneIds = request.targets.map(laneIdOf);
      const accepted = await prisma.$transaction(
        async (tx) => {
          const idleLanes = await insertRequest(tx, request, laneIds);
          if (idleLanes === null) return null;
          if (idleLanes.length > 0) await enqueue(tx, idleLanes);
          return { requestId: request.id, inputHash: request.inputHash };
        },
        { timeout: ACCEPT_TIMEOUT_MS, maxWait: ACCEPT_MAX_WAIT_MS },
      );
      return accepted ?? findByIdempotencyKey(prisma, request);
    },
  };
}

/**
 * Writes everything a request is made of, and wakes its lanes when it commits. Answers with the lanes that no worker
 * holds: those need a job. Null, and nothing written, when the idempotency key is taken: of two requests that arrive
 * at once, the second waits here for the first to commit.
 *
 * The lanes' rows are locked against `releaseLane` until this commits: a worker that is about to give its lane up
 * waits, then sees this work and stays. So a lane that is held needs no job; were its worker to die, its own job would
 * go to another.
 */
async function insertRequest(
  tx: Prisma.TransactionClient,
  request: NewRequest,
  laneIds: readonly number[],
): Promise<number[] | null> {
  const { accounts } = request;
  const rows = await tx.$queryRaw<{ idle: number[] }[]>(Prisma.sql`
    WITH lanes AS MATERIALIZED (
      SELECT id, holder FROM lane WHERE id = ANY (${laneIds}::int[]) ORDER BY id FOR KEY SHARE
    ),
    request AS (
      INSERT INTO request (
        id, operation, administrator, caller_id, caller_kind, note, idempotency_key, input_hash,
        message, disable_email_notification, open_targets, total
      ) VALUES (
        ${request.id}::uuid, ${request.operation}::membership_operation, ${request.administrator},
        ${request.caller.id}, ${request.caller.kind}::actor_kind, ${request.note}, ${request.idempotencyKey},
        ${request.inputHash}, ${request.message}, ${request.disableEmailNotification}::boolean,
        ${laneIds.length}::int, ${laneIds.length * accounts.length}::int
      )
      ON CONFLICT (caller_id, operation, idempotency_key) DO NOTHING
      RETURNING id
    ),
    asked AS MATERIALIZED (
      SELECT account_id, NULLIF(email, '') AS email
      FROM unnest(
        ${accounts.map((account) => account.accountId)}::text[],
        ${accounts.map((account) => account.email ?? '')}::text[]
      ) AS asked (account_id, email)
    ),
    accounts AS (
      INSERT INTO request_account (request_id, account_id, email)
      SELECT request.id, asked.account_id, asked.email FROM request CROSS JOIN asked
    ),
    targets AS (
      INSERT INTO target (request_id, lane_id, batch_key, detector_id, detector_pinned, total, pending)
      SELECT request.id, wanted.lane_id, wanted.batch_key, NULLIF(wanted.detector_id, ''), wanted.detector_id <> '',
        ${accounts.length}::int, ${accounts.length}::int
      FROM request CROSS JOIN unnest(
        ${laneIds}::int[],
        ${request.targets.map((target) => target.batchKey)}::text[],
        ${request.targets.map((target) => target.detectorId ?? '')}::text[]
      ) AS wanted (lane_id, batch_key, detector_id)
      RETURNING id, lane_id
    ),
    outcomes AS (
      INSERT INTO outcome (target_id, account_id, lane_id)
      SELECT targets.id, asked.account_id, targets.lane_id FROM targets CROSS JOIN asked
    )
    SELECT ARRAY(SELECT id FROM lanes WHERE holder IS NULL) AS idle,
      pg_notify(${LANE_WAKE_CHANNEL}, ${laneIds.join(',')})::text AS woken
    FROM request
  `);
  return rows[0]?.idle ?? null;
}

async function findByIdempotencyKey(prisma: PrismaClient, request: NewRequest): Promise<AcceptedRequest> {
  const earlier = await prisma.request.findFirstOrThrow({
    where: {
      callerId: request.caller.id,
      operation: request.operation,
      idempotencyKey: request.idempotencyKey,
    },
    select: { id: true, inputHash: true },
  });
  return { requestId: earlier.id, inputHash: earlier.inputHash };
}
