import { Prisma, type PrismaClient } from '../../generated/client.js';
import type { FollowedMember, FollowUpStore, SeenMember } from '../../ports/followUps.js';

/** Targets that one statement puts on the schedule: up to 40,000 accounts, about 1 second. */
const TARGETS_PER_STEP = 4;

/** Rows that one claim reads to find its accounts: several requests may name the same account. */
const ROWS_PER_CLAIM = 500;

/** How long claimed rows are not due for other replicas, in seconds: a read waits 30 seconds for its rate, then for its answer. */
const LEASE_SECONDS = 180;

/** The fractional part of the golden ratio: its multiples spread lanes with any ids evenly. */
const GOLDEN = 0.618_033_988_749;

/** Reads are due at multiples of this part of a wait, so that reads for several requests share calls. */
const GRID = 0.25;

/**
 * The schedule in PostgreSQL.
 *
 * @param waits seconds before each read of a member; the last one repeats.
 */
export function createFollowUpStore(prisma: PrismaClient, waits: readonly number[]): FollowUpStore {
  return {
    scheduleFinishedTargets: () => scheduleFinishedTargets(prisma, waits),
    lanesDue: () => lanesDue(prisma),
    claimDue: (laneId, accounts) => claimDue(prisma, laneId, accounts),
    recordSeen: (laneId, claimed, seen) => recordSeen(prisma, waits, laneId, { claimed, seen }),
    postpone: (laneId, claimed, scope) => postpone(prisma, waits, laneId, { claimed, scope }),
  };
}

/**
 * Puts the invited accounts of targets without open outcomes on the schedule. Their outcomes are final, so they are read
 * once. Two replicas take different targets.
 */
async function scheduleFinishedTargets(prisma: PrismaClient, waits: readonly number[]): Promise<number> {
  return prisma.$executeRaw`
    WITH ready AS MATERIALIZED (
      SELECT f.target_id, t.lane_id, f.until FROM follow_up f JOIN target t ON t.id = f.target_id
      WHERE t.pending = 0 AND t.in_flight = 0
      ORDER BY f.target_id LIMIT ${TARGETS_PER_STEP}::int
      FOR UPDATE OF f SKIP LOCKED
    ),
    followed AS (
      INSERT INTO followed_member (target_id, account_id, lane_id, until, next_look_at)
      SELECT ready.target_id, o.account_id, ready.lane_id, ready.until,
        ${nextLook(waits, Prisma.sql`ready.lane_id`, Prisma.sql`0`)}
      FROM ready JOIN outcome o ON o.target_id = ready.target_id
      WHERE o.status = 'PROCESSED' OR o.reason_code = 'ALREADY_INVITED'
      ON CONFLICT DO NOTHING
    )
    DELETE FROM follow_up WHERE target_id IN (SELECT target_id FROM ready)`;
}

/** One index lookup for each lane; the LIMIT keeps the planner from reading all followed members. */
async function lanesDue(prisma: PrismaClient): Promise<number[]> {
  const rows = await prisma.$queryRaw<{ id: number }[]>`
    SELECT lane.id FROM lane CROSS JOIN LATERAL (
      SELECT FROM followed_member f WHERE f.lane_id = lane.id AND f.next_look_at <= now()
      ORDER BY f.next_look_at LIMIT 1
    ) AS due`;
  return rows.map(({ id }) => id);
}

/**
 * If two replicas claim at the same time, the second waits for the first. The rows of the first are then due minutes later,
 * so the second takes the next ones. With SKIP LOCKED, each could claim half a call. Rows are addressed by ctid: with
 * statistics of a few members, a join by key would read all of them.
 */
async function claimDue(prisma: PrismaClient, laneId: number, accounts: number): Promise<FollowedMember[]> {
  return prisma.$queryRaw<FollowedMember[]>`
    WITH due AS MATERIALIZED (
      SELECT ctid AS at, account_id FROM followed_member
      WHERE lane_id = ${laneId}::int AND next_look_at <= now()
      ORDER BY next_look_at LIMIT ${ROWS_PER_CLAIM}::int
      FOR UPDATE
    ),
    chosen AS (SELECT DISTINCT account_id FROM due ORDER BY account_id LIMIT ${accounts}::int)
    UPDATE followed_member f SET next_look_at = now() + make_interval(secs => ${LEASE_SECONDS}::float8)
    FROM due JOIN chosen USING (account_id)
    WHERE f.ctid = ANY (ARRAY(SELECT at FROM due)) AND f.ctid = due.at
    RETURNING f.target_id::text AS "targetId", f.account_id AS "accountId"`;
}

/** Changes nothing for an account with a newer read: this process may have been paused since its own read. */
async function recordSeen(
  prisma: PrismaClient,
  waits: readonly number[],
  laneId: number,
  { claimed, seen }: { readonly claimed: readonly FollowedMember[]; readonly seen: readonly SeenMember[] },
): Promise<void> {
  await prisma.$executeRaw`
    WITH seen AS (
      SELECT * FROM unnest(
        ${seen.map(({ accountId }) => accountId)}::text[], ${seen.map(({ status }) => status)}::text[],
        ${seen.map(({ isEnd }) => isEnd)}::boolean[], ${seen.map(({ observedAt }) => observedAt)}::timestamptz[]
      ) AS seen (account_id, status, is_end, at)
    ),
    found AS MATERIALIZED (
      SELECT row.at, claimed.account_id FROM ${rowsOf(claimed)} CROSS JOIN LATERAL (
        SELECT ctid AS at FROM followed_member
        WHERE target_id = claimed.target_id AND account_id = claimed.account_id
        FOR UPDATE
      ) AS row
    )
    UPDATE followed_member f SET
      member_status = seen.status, member_status_at = seen.at, looks = f.looks + 1,
      next_look_at = CASE WHEN NOT seen.is_end AND f.until > now() THEN ${laterLook(waits, laneId)} END
    FROM found JOIN seen USING (account_id)
    WHERE f.ctid = ANY (ARRAY(SELECT at FROM found)) AND f.ctid = found.at
      AND (f.member_status_at IS NULL OR f.member_status_at < seen.at)`;
}

async function postpone(
  prisma: PrismaClient,
  waits: readonly number[],
  laneId: number,
  { claimed, scope }: { readonly claimed: readonly FollowedMember[]; readonly scope: 'CLAIMED' | 'LANE' },
): Promise<void> {
  await prisma.$executeRaw`
    UPDATE followed_member f SET
      looks = f.looks + 1, next_look_at = CASE WHEN f.until > now() THEN ${laterLook(waits, laneId)} END
    WHERE f.lane_id = ${laneId}::int AND f.next_look_at IS NOT NULL
      AND ((${scope === 'LANE'}::boolean AND f.next_look_at <= now()) OR (f.target_id, f.account_id) IN (SELECT target_id, account_id FROM ${rowsOf(claimed)}))`;
}

function rowsOf(claimed: readonly FollowedMember[]): Prisma.Sql {
  return Prisma.sql`unnest(
    ${claimed.map(({ targetId }) => targetId)}::text[]::bigint[], ${claimed.map(({ accountId }) => accountId)}::text[]
  ) AS claimed (target_id, account_id)`;
}

/** When a row that was just read is read next, at the latest at its deadline. */
function laterLook(waits: readonly number[], laneId: number): Prisma.Sql {
  return Prisma.sql`LEAST(f.until, ${nextLook(waits, Prisma.sql`${laneId}::int`, Prisma.sql`f.looks + 1`)})`;
}

/**
 * When a member is read next: one wait from now, or up to a quarter of the wait more. All reads of a lane fall on a common
 * grid, so that members of several requests share calls. The grids of lanes are shifted against each other.
 */
function nextLook(waits: readonly number[], laneId: Prisma.Sql, looks: Prisma.Sql): Prisma.Sql {
  const wait = Prisma.sql`(${waits}::float8[])[LEAST(${looks} + 1, ${waits.length}::int)]`;
  const grid = Prisma.sql`(${wait} * ${GRID}::float8)`;
  const phase = Prisma.sql`(${grid} * (${laneId} * ${GOLDEN}::float8 - floor(${laneId} * ${GOLDEN}::float8)))`;
  const at = Prisma.sql`(EXTRACT(EPOCH FROM now())::float8 + ${wait} - ${phase})`;
  return Prisma.sql`to_timestamp(ceil(${at} / ${grid}) * ${grid} + ${phase})`;
}
