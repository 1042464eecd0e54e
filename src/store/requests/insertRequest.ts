import type { Prisma, PrismaClient } from '../../generated/client.js';
import { GatewayError } from '../../errors.js';
import type { NewRequest, NewRetry, RecordedRequest } from '../../ports/requests.js';
import type { GatewayPrisma } from '../connection/client.js';
import { isUnreachable } from '../connection/unavailable.js';
import type { InsertMode } from './insertColumns.js';

/** Puts a job on each lane, in the caller's transaction. */
export type EnqueueLanes = (tx: Prisma.TransactionClient, laneIds: readonly number[]) => Promise<void>;

/** The lanes of this process. */
export interface OwnLanes {
  /** The replica's name in the lanes that it holds. */
  readonly replica: string;
  readonly enqueue: EnqueueLanes;
  /** Tells the workers of this process that these lanes have new work. */
  readonly wake: (laneIds: readonly number[]) => void;
}

/** One insert of a request. */
export interface Insert {
  readonly request: NewRequest | NewRetry;
  /** Inserts every row of the request, and ends with `insertedLanes`. */
  readonly statement: (mode: InsertMode) => Prisma.Sql;
  /** Called only if the request is new, in its transaction. If it rejects, nothing is inserted. */
  readonly confirm?: (tx: Prisma.TransactionClient) => Promise<void>;
}

/** Longest transaction that inserts a request; 10,000 accounts at 34 targets take less than a second. */
const INSERT_TIMEOUT_MS = 30_000;

/** Longest wait for a free connection, before the answer is that the database is busy. */
const CONNECTION_WAIT_MS = 10_000;

/**
 * Inserts a request and puts a job on each idle lane, in one transaction; while every lane has a holder, in one statement. If the
 * idempotency key is held, nothing is inserted, and the result is the earlier request.
 *
 * Race: of two inserts with one key, the second waits in its statement until the first commits.
 */
export async function insertRequest(
  prisma: GatewayPrisma,
  own: OwnLanes,
  insert: Insert,
): Promise<RecordedRequest> {
  const { request } = insert;
  try {
    if (await isInserted(prisma, own, insert)) {
      return { requestId: request.id, inputHash: request.inputHash };
    }
    if (request.idempotencyKey === null) {
      throw new Error('a request without an idempotency key was not written');
    }
    const earlier = await findByKey(prisma, request);
    // Null: the key was released in between, and is free now.
    return earlier ?? (await insertRequest(prisma, own, insert));
  } catch (error) {
    if (!isLost(error)) {
      throw error;
    }
    if (await isOnRecord(prisma, request.id)) {
      return { requestId: request.id, inputHash: request.inputHash };
    }
    throw new GatewayError(
      'UNAVAILABLE',
      'the database was lost while the request was being recorded, and nothing of it is on record; try again in a moment',
      { cause: error },
    );
  }
}

/** The lanes of an inserted request, by id. */
interface InsertedLanes {
  readonly idle: readonly number[];
  readonly own: readonly number[];
}

async function isInserted(prisma: GatewayPrisma, own: OwnLanes, insert: Insert): Promise<boolean> {
  const inserted = (await insertAlone(prisma, own, insert)) ?? (await insertWithJobs(prisma, own, insert));
  own.wake(inserted?.own ?? []);
  return inserted !== undefined;
}

/** Inserts in one statement, unless a lane needs a job or the request a confirmation: undefined then, and for a held key. */
async function insertAlone(
  prisma: GatewayPrisma,
  { replica }: OwnLanes,
  { statement, confirm }: Insert,
): Promise<InsertedLanes | undefined> {
  if (confirm !== undefined) {
    return undefined;
  }
  const [row] = await prisma.$rows<InsertedLanes>(statement({ replica, onlyIfHeld: true }));
  return row;
}

/** Undefined: the key is held. */
async function insertWithJobs(
  prisma: PrismaClient,
  { replica, enqueue }: OwnLanes,
  { statement, confirm }: Insert,
): Promise<InsertedLanes | undefined> {
  return prisma.$transaction(
    async (tx) => {
      const [row] = await tx.$queryRaw<InsertedLanes[]>(statement({ replica, onlyIfHeld: false }));
      if (row === undefined) {
        return undefined;
      }
      await confirm?.(tx);
      if (row.idle.length > 0) {
        await enqueue(tx, row.idle);
      }
      return row;
    },
    { timeout: INSERT_TIMEOUT_MS, maxWait: CONNECTION_WAIT_MS },
  );
}

function isLost(error: unknown): boolean {
  return isUnreachable(error) || (error instanceof GatewayError && error.code === 'UNAVAILABLE');
}

/**
 * Whether a request is on record though its commit was not answered.
 *
 * @throws GatewayError `UNAVAILABLE` if that cannot be read either: the caller repeats the input with its idempotency key.
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

/** The request of the same caller and operation that holds the idempotency key; null if no request holds it. */
export async function findByKey(
  prisma: PrismaClient,
  { caller, operation, idempotencyKey }: NewRequest | NewRetry,
): Promise<RecordedRequest | null> {
  if (idempotencyKey === null) {
    return null;
  }
  const earlier = await prisma.request.findFirst({
    where: { callerId: caller.id, callerKind: caller.kind, operation, idempotencyKey, holdsKey: true },
    select: { id: true, inputHash: true },
  });
  return earlier && { requestId: earlier.id, inputHash: earlier.inputHash };
}
