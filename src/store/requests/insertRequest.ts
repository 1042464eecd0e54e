import { Prisma, type PrismaClient } from '../../generated/client.js';
import { GatewayError } from '../../errors.js';
import type { AcceptedRequest, NewRequest } from '../../ports/requests.js';
import { LANE_WAKE_CHANNEL } from '../connection/replicaConnection.js';
import { isUnreachable } from '../connection/unavailable.js';

/** Puts a job on each lane inside the caller's transaction. */
export type EnqueueLanes = (tx: Prisma.TransactionClient, laneIds: readonly number[]) => Promise<void>;

/** By what a request is found again. */
export type RequestIdentity = Pick<
  NewRequest,
  'id' | 'caller' | 'operation' | 'idempotencyKey' | 'inputHash'
>;

/** Longest a transaction that accepts a request may take; 10,000 accounts at 34 targets take a few seconds. */
const ACCEPT_TIMEOUT_MS = 30_000;

/** Longest an accept waits for a free connection before it answers that the database is busy. */
const ACCEPT_MAX_WAIT_MS = 10_000;

/**
 * The CTE `lanes (id, holder)` of a statement that writes targets: the rows that meet the condition, locked against
 * `releaseLane` until the statement's transaction commits. A worker that is about to give its lane up waits, then sees
 * this work and stays. So a lane that is held needs no job; were its worker to die, its own job would go to another.
 *
 * `releaseLane` locks its row FOR UPDATE before it writes. It has to: after a plain update FOR KEY SHARE would still show
 * the holder of before, and the lane would wait for the sweep.
 */
export function lockedLanes(condition: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    lanes AS MATERIALIZED (
      SELECT id, holder FROM lane WHERE ${condition} ORDER BY id FOR KEY SHARE
    )`;
}

/**
 * The tail of such a statement. With the CTEs `lanes` and `taken`, the row of the request or none, it wakes the lanes at
 * commit and answers with those that no worker holds: they need a job.
 */
export const WAKE_LANES = Prisma.sql`
  SELECT ARRAY(SELECT id FROM lanes WHERE holder IS NULL) AS idle,
    pg_notify(${LANE_WAKE_CHANNEL}, (SELECT string_agg(id::text, ',') FROM lanes))::text AS woken
  FROM taken`;

/**
 * Runs a statement that writes everything a request is made of and ends with `WAKE_LANES`, and puts a job on the idle
 * lanes, in one transaction. When the idempotency key is taken nothing is written, and the earlier request stands: of
 * two that arrive at once, the second waits in its statement for the first to commit.
 *
 * @param confirm asked only for a request that would be new; if it rejects, so does this, and nothing is taken.
 */
export async function acceptRequest(
  prisma: PrismaClient,
  enqueue: EnqueueLanes,
  request: RequestIdentity,
  statement: Prisma.Sql,
  confirm: (tx: Prisma.TransactionClient) => Promise<void> = () => Promise.resolve(),
): Promise<AcceptedRequest> {
  const taken = { requestId: request.id, inputHash: request.inputHash };
  try {
    const accepted = await prisma.$transaction(
      async (tx) => {
        const [row] = await tx.$queryRaw<{ idle: number[] }[]>(statement);
        if (row === undefined) {
          return null;
        }
        await confirm(tx);
        if (row.idle.length > 0) {
          await enqueue(tx, row.idle);
        }
        return taken;
      },
      { timeout: ACCEPT_TIMEOUT_MS, maxWait: ACCEPT_MAX_WAIT_MS },
    );
    if (accepted !== null) {
      return accepted;
    }
    const earlier = await findByIdempotencyKey(prisma, request);
    // Released in between: the key is free now.
    return earlier ?? (await acceptRequest(prisma, enqueue, request, statement, confirm));
  } catch (error) {
    if (!isLost(error)) {
      throw error;
    }
    if (await isOnRecord(prisma, request.id)) {
      return taken;
    }
    throw new GatewayError(
      'UNAVAILABLE',
      'the database was lost while the request was being recorded, and nothing of it is on record; try again in a moment',
      { cause: error },
    );
  }
}

function isLost(error: unknown): boolean {
  return isUnreachable(error) || (error instanceof GatewayError && error.code === 'UNAVAILABLE');
}

/**
 * Whether a request whose commit was not answered is there all the same. When that cannot be found out either, the caller
 * has to: with the same idempotency key, a repetition finds it.
 */
async function isOnRecord(prisma: PrismaClient, requestId: string): Promise<boolean> {
  try {
    return (await prisma.request.count({ where: { id: requestId } })) === 1;
  } catch (cause) {
    throw new GatewayError(
      'UNAVAILABLE',
      'the database cannot be reached just now. Whether the request was recorded is not known: repeat it with the ' +
        'same idempotencyKey, and it is not made twice',
      { cause },
    );
  }
}

async function findByIdempotencyKey(
  prisma: PrismaClient,
  { caller, operation, idempotencyKey }: RequestIdentity,
): Promise<AcceptedRequest | null> {
  if (idempotencyKey === null) {
    throw new Error('a request without an idempotency key was not written');
  }
  const earlier = await prisma.request.findFirst({
    where: { callerId: caller.id, callerKind: caller.kind, operation, idempotencyKey, holdsKey: true },
    select: { id: true, inputHash: true },
  });
  return earlier && { requestId: earlier.id, inputHash: earlier.inputHash };
}
