import { v7 as uuidv7 } from 'uuid';
import type { PrismaClient } from '../../generated/client.js';
import type { ReasonCode, TargetAddress } from '../../membership.js';
import type { InventoryObservations, InventoryState, ObservedMember } from '../../ports/inventory.js';

/** The reason of an observation whose process ended, or lost the target to another process. */
const ABANDONED =
  'the gateway that asked for the members ended before they were all there; another one began anew';

/** The observations of the inventory in PostgreSQL. @param laneIdOf throws for a target that is not configured. */
export function createInventoryObservations(
  prisma: PrismaClient,
  laneIdOf: (target: TargetAddress) => number,
): InventoryObservations {
  return {
    schedule: (targets) => schedule(prisma, targets.map(laneIdOf)),
    async scheduleOlderThan(targets, minutes) {
      await scheduleOlderThan(prisma, targets.map(laneIdOf), minutes);
    },
    async due(targets) {
      const ids = new Set(await due(prisma, targets.map(laneIdOf)));
      return targets.filter((target) => ids.has(laneIdOf(target)));
    },
    async begin(target) {
      const [begun] = await begin(prisma, laneIdOf(target));
      return begun === undefined ? null : { ...begun, target };
    },
    async finish({ id, target }, members) {
      await finish(prisma, laneIdOf(target), id, members);
    },
    async fail({ id, target }, { reasonCode, reason }) {
      await fail(prisma, laneIdOf(target), { id, reasonCode, reason });
    },
    async states(targets) {
      const rows = await states(prisma, targets.map(laneIdOf));
      const byId = new Map(rows.map(({ laneId, ...state }) => [laneId, state]));
      return targets.map((target) => ({ ...UNKNOWN, ...byId.get(laneIdOf(target)), ...target }));
    },
    async erase(days) {
      await prisma.$executeRaw`
        DELETE FROM inventory_observation WHERE finished_at < now() - make_interval(days => ${days}::int)`;
    },
  };
}

type State = Omit<InventoryState, keyof TargetAddress>;

/** The state of a target without any observation. */
const UNKNOWN: State = {
  triedAt: null,
  reasonCode: null,
  reason: null,
  observedAt: null,
  members: null,
  runningSince: null,
};

async function schedule(prisma: PrismaClient, laneIds: readonly number[]): Promise<Date> {
  // Rows are written in one order, so two statements never deadlock.
  const [row] = await prisma.$queryRaw<{ at: Date | null }[]>`
    WITH scheduled AS (
      INSERT INTO inventory (lane_id, wanted_at)
      SELECT lane_id, now() FROM unnest(${[...laneIds]}::int[]) AS wanted (lane_id) ORDER BY lane_id
      ON CONFLICT (lane_id) DO UPDATE SET wanted_at = GREATEST(inventory.wanted_at, EXCLUDED.wanted_at)
      RETURNING 1
    )
    SELECT now() AS at, count(*) FROM scheduled`;
  return row?.at ?? new Date();
}

/** The update repeats the condition, so two replicas that read at the same time request one observation. */
async function scheduleOlderThan(
  prisma: PrismaClient,
  laneIds: readonly number[],
  minutes: number,
): Promise<void> {
  await prisma.$executeRaw`
    INSERT INTO inventory (lane_id, wanted_at)
    SELECT wanted.lane_id, now() FROM unnest(${[...laneIds]}::int[]) AS wanted (lane_id)
    LEFT JOIN inventory i ON i.lane_id = wanted.lane_id
    WHERE GREATEST(i.tried_at, i.wanted_at, '-infinity') < now() - make_interval(secs => ${minutes * 60}::float8)
    ORDER BY wanted.lane_id
    ON CONFLICT (lane_id) DO UPDATE SET wanted_at = EXCLUDED.wanted_at
    WHERE GREATEST(inventory.tried_at, inventory.wanted_at, '-infinity')
      < EXCLUDED.wanted_at - make_interval(secs => ${minutes * 60}::float8)`;
}

async function due(prisma: PrismaClient, laneIds: readonly number[]): Promise<number[]> {
  const rows = await prisma.$queryRaw<{ laneId: number }[]>`
    SELECT lane_id AS "laneId" FROM inventory
    WHERE lane_id = ANY (${[...laneIds]}::int[]) AND wanted_at > COALESCE(tried_at, '-infinity')`;
  return rows.map(({ laneId }) => laneId);
}

/**
 * Locks the target's row, as `finish` and `fail` do. If two processes begin one after the other, the second ends the first
 * observation, whose `finish` then changes nothing. If two processes begin at the same moment, one of them inserts nothing.
 * The count makes PostgreSQL end the old observation before it inserts the new one.
 */
function begin(
  prisma: PrismaClient,
  laneId: number,
): Promise<{ id: string; startedAt: Date; lastMembers: number | null }[]> {
  return prisma.$queryRaw`
    WITH wanted AS MATERIALIZED (
      SELECT lane_id, members FROM inventory WHERE lane_id = ${laneId}::int AND wanted_at > COALESCE(tried_at, '-infinity') FOR UPDATE
    ),
    abandoned AS (
      UPDATE inventory_observation o SET finished_at = clock_timestamp(), reason_code = 'OTHER', reason = ${ABANDONED}
      FROM wanted WHERE o.lane_id = wanted.lane_id AND o.finished_at IS NULL
      RETURNING 1
    )
    INSERT INTO inventory_observation (id, lane_id, started_at)
    SELECT ${uuidv7()}::uuid, wanted.lane_id, clock_timestamp() FROM wanted
    WHERE (SELECT count(*) FROM abandoned) >= 0
    ON CONFLICT (lane_id) WHERE finished_at IS NULL DO NOTHING
    RETURNING id::text AS id, started_at AS "startedAt", (SELECT members FROM wanted) AS "lastMembers"`;
}

/**
 * Replaces the members of a target in one statement: readers see the old list or the new one. Unchanged rows are not
 * written. The statement locks the target's row first, as `begin` does, and then reads its own observation: if the next
 * observation has ended it, nothing changes.
 */
async function finish(
  prisma: PrismaClient,
  laneId: number,
  id: string,
  members: readonly ObservedMember[],
): Promise<void> {
  await prisma.$executeRaw`
    WITH held AS MATERIALIZED (SELECT lane_id FROM inventory WHERE lane_id = ${laneId}::int FOR UPDATE),
    seen AS MATERIALIZED (
      SELECT s."accountId" AS account_id, s.status::member_status AS status, s."serviceStatus" AS service_status, s.email,
        s."invitedAt" AS invited_at, s."updatedAt" AS updated_at
      FROM json_to_recordset(${JSON.stringify(members)}::json) AS s ("accountId" text, status text, "serviceStatus" text,
        email text, "invitedAt" timestamptz, "updatedAt" timestamptz)
    ),
    ended AS (
      UPDATE inventory_observation o SET finished_at = clock_timestamp(), members = (SELECT count(*) FROM seen)
      FROM held WHERE o.id = ${id}::uuid AND o.lane_id = held.lane_id AND o.finished_at IS NULL
      RETURNING o.lane_id, o.started_at, o.members
    ),
    gone AS (
      DELETE FROM inventory_member m USING ended
      WHERE m.lane_id = ended.lane_id AND NOT EXISTS (SELECT FROM seen WHERE seen.account_id = m.account_id)
    ),
    written AS (
      INSERT INTO inventory_member (lane_id, account_id, status, service_status, email, invited_at, updated_at)
      SELECT ended.lane_id, s.account_id, s.status, s.service_status, s.email, s.invited_at, s.updated_at
      FROM ended CROSS JOIN seen s
      ON CONFLICT (lane_id, account_id) DO UPDATE SET status = EXCLUDED.status, service_status = EXCLUDED.service_status,
        email = EXCLUDED.email, invited_at = EXCLUDED.invited_at, updated_at = EXCLUDED.updated_at
      WHERE (inventory_member.status, inventory_member.service_status, inventory_member.email, inventory_member.invited_at, inventory_member.updated_at)
        IS DISTINCT FROM (EXCLUDED.status, EXCLUDED.service_status, EXCLUDED.email, EXCLUDED.invited_at, EXCLUDED.updated_at)
    )
    UPDATE inventory i SET tried_at = ended.started_at, observed_at = ended.started_at, members = ended.members,
      reason_code = NULL, reason = NULL
    FROM ended WHERE i.lane_id = ended.lane_id`;
}

async function fail(
  prisma: PrismaClient,
  laneId: number,
  { id, reasonCode, reason }: { id: string; reasonCode: ReasonCode; reason: string },
): Promise<void> {
  await prisma.$executeRaw`
    WITH held AS MATERIALIZED (SELECT lane_id FROM inventory WHERE lane_id = ${laneId}::int FOR UPDATE),
    ended AS (
      UPDATE inventory_observation o
      SET finished_at = clock_timestamp(), reason_code = ${reasonCode}::reason_code, reason = ${reason}
      FROM held WHERE o.id = ${id}::uuid AND o.lane_id = held.lane_id AND o.finished_at IS NULL
      RETURNING o.lane_id, o.started_at, o.reason_code, o.reason
    )
    UPDATE inventory i SET tried_at = ended.started_at, reason_code = ended.reason_code, reason = ended.reason
    FROM ended WHERE i.lane_id = ended.lane_id`;
}

function states(prisma: PrismaClient, laneIds: readonly number[]): Promise<(State & { laneId: number })[]> {
  return prisma.$queryRaw`
    SELECT i.lane_id AS "laneId", i.tried_at AS "triedAt", i.reason_code::text AS "reasonCode", i.reason,
      i.observed_at AS "observedAt", i.members, o.started_at AS "runningSince"
    FROM inventory i LEFT JOIN inventory_observation o ON o.lane_id = i.lane_id AND o.finished_at IS NULL
    WHERE i.lane_id = ANY (${[...laneIds]}::int[])`;
}
