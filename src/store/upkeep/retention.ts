import { Prisma, type PrismaClient } from '../../generated/client.js';
import type { ErasedRequests, RetentionStore } from '../../ports/retention.js';
import { leastUuidAt } from '../sql/timeBounds.js';

/** Requests that a step reads. */
const REQUESTS_PER_STEP = 500;

/**
 * Outcomes after which a step takes no further request or target: about 1 second of work, where a statement may take 30
 * seconds. The last one that a step takes may have as many accounts as a request may have.
 */
const OUTCOMES_PER_STEP = 20_000;

/** Calls that a step erases. */
const CALLS_PER_STEP = 5_000;

/** Longest time of a step, in milliseconds: it has a few statements, and each ends after 30 seconds at the latest. */
const STEP_TIMEOUT_MS = 120_000;

/** A number that no other advisory lock of this database uses. */
const ADVISORY_LOCK = 72_707_370;

const FROM_THE_OLDEST = '00000000-0000-0000-0000-000000000000';

/** The erasure of old data in PostgreSQL. */
export function createRetentionStore(prisma: PrismaClient): RetentionStore {
  return {
    async withLock(action) {
      // A transaction of its own holds the lock, exactly as long as the action runs.
      return prisma.$transaction(
        async (tx) => {
          const [row] = await tx.$queryRaw<{ taken: boolean }[]>`
            SELECT pg_try_advisory_xact_lock(${ADVISORY_LOCK}::bigint) AS taken`;
          if (row?.taken !== true) {
            return false;
          }
          await action();
          return true;
        },
        { timeout: 24 * 3_600_000 },
      );
    },
    eraseEmails: (before, after) =>
      prisma.$transaction((tx) => eraseEmails(tx, before, after), { timeout: STEP_TIMEOUT_MS }),
    eraseOutcomes: (before, after) =>
      prisma.$transaction((tx) => eraseOutcomes(tx, before, after), { timeout: STEP_TIMEOUT_MS }),
    eraseCalls: (before) => prisma.$transaction((tx) => eraseCalls(tx, before), { timeout: STEP_TIMEOUT_MS }),
    async recordStart() {
      await prisma.$executeRaw`
        UPDATE kept_from SET target_id = COALESCE((
          SELECT t.id FROM target t WHERE t.id >= kept_from.target_id AND t.erased_at IS NULL ORDER BY t.id LIMIT 1
        ), kept_from.target_id)`;
    },
  };
}

async function eraseEmails(
  tx: Prisma.TransactionClient,
  before: Date,
  after: string | null,
): Promise<ErasedRequests> {
  const step = await nextRequests(tx, before, after, Prisma.sql`r.emails_erased_at IS NULL`);
  if (step.ids.length > 0) {
    await tx.$executeRaw`
      UPDATE request_account SET email = NULL WHERE request_id = ANY (${step.ids}::uuid[]) AND email IS NOT NULL`;
    await tx.$executeRaw`UPDATE request SET emails_erased_at = now() WHERE id = ANY (${step.ids}::uuid[])`;
  }
  return { lastId: step.lastId, requests: step.ids.length };
}

/**
 * Outcomes of finished requests are final, so no other statement writes them. Later lists skip the erased targets, which
 * are marked in the same transaction. A request that is larger than a step is erased in several steps, target by target, and
 * marked with the last one.
 */
async function eraseOutcomes(
  tx: Prisma.TransactionClient,
  before: Date,
  after: string | null,
): Promise<ErasedRequests> {
  const { ids, lastId } = await nextRequests(tx, before, after, Prisma.sql`r.erased_at IS NULL`);
  if (ids.length === 0) {
    return { lastId, requests: 0 };
  }
  await tx.$executeRaw`SELECT set_config('gateway.erasing', 'on', true)`;
  const targets = await nextTargets(tx, ids);
  await tx.$executeRaw`DELETE FROM outcome WHERE target_id = ANY (${targets}::bigint[])`;
  await tx.$executeRaw`DELETE FROM follow_up WHERE target_id = ANY (${targets}::bigint[])`;
  await tx.$executeRaw`DELETE FROM followed_member WHERE target_id = ANY (${targets}::bigint[])`;
  await tx.$executeRaw`DELETE FROM send WHERE target_id = ANY (${targets}::bigint[])`;
  await tx.$executeRaw`UPDATE target SET erased_at = now() WHERE id = ANY (${targets}::bigint[])`;
  const erased = await tx.$queryRaw<{ id: string }[]>`
    UPDATE request r SET erased_at = now(), emails_erased_at = COALESCE(emails_erased_at, now())
    WHERE r.id = ANY (${ids}::uuid[])
      AND NOT EXISTS (SELECT FROM target t WHERE t.request_id = r.id AND t.erased_at IS NULL)
    RETURNING r.id::text AS id`;
  const done = erased.map(({ id }) => id);
  await tx.$executeRaw`DELETE FROM request_account WHERE request_id = ANY (${done}::uuid[])`;
  // The next step continues with the requests that this one did not finish.
  const isDone = done.length === ids.length;
  return { lastId: isDone ? lastId : (after ?? FROM_THE_OLDEST), requests: done.length };
}

/** The next targets of these requests, up to the size of a step. */
async function nextTargets(tx: Prisma.TransactionClient, requestIds: readonly string[]): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id::text AS id
    FROM (
      SELECT t.id, sum(t.total) OVER (ORDER BY t.request_id, t.id) - t.total AS ahead FROM target t
      WHERE t.request_id = ANY (${[...requestIds]}::uuid[]) AND t.erased_at IS NULL
    ) AS t
    WHERE ahead < ${OUTCOMES_PER_STEP}::int`;
  return rows.map(({ id }) => id);
}

async function eraseCalls(tx: Prisma.TransactionClient, before: Date): Promise<number> {
  await tx.$executeRaw`SELECT set_config('gateway.erasing', 'on', true)`;
  return tx.$executeRaw`
    DELETE FROM call WHERE id IN (
      SELECT c.id FROM call c
      WHERE c.id < ${leastUuidAt(before)}::uuid AND c.settled_at < ${before}::timestamptz
        AND NOT EXISTS (SELECT FROM send s WHERE s.call_id = c.id)
      ORDER BY c.id
      LIMIT ${CALLS_PER_STEP}::int
    )`;
}

/** The next requests by id that finished before a moment and are not erased yet, up to the size of a step. */
async function nextRequests(
  tx: Prisma.TransactionClient,
  before: Date,
  after: string | null,
  isKept: Prisma.Sql,
): Promise<{ ids: string[]; lastId: string | null }> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id::text AS id
    FROM (
      SELECT r.id, sum(r.total) OVER (ORDER BY r.id) - r.total AS ahead
      FROM (
        SELECT r.id, r.total FROM request r
        WHERE r.id > ${after ?? FROM_THE_OLDEST}::uuid AND r.id < ${leastUuidAt(before)}::uuid
          AND r.finished_at < ${before}::timestamptz AND ${isKept}
        ORDER BY r.id
        LIMIT ${REQUESTS_PER_STEP}::int
      ) AS r
    ) AS r
    WHERE ahead < ${OUTCOMES_PER_STEP}::int
    ORDER BY id`;
  const ids = rows.map(({ id }) => id);
  return { ids, lastId: ids.at(-1) ?? null };
}
