import { Prisma } from '../../generated/client.js';
import type { TargetAddress } from '../../membership.js';
import type { PageArgs } from '../../ports/history.js';
import type { InventoryFilter, InventoryReads, InventoryRow } from '../../ports/inventory.js';
import type { ServiceMember } from '../../ports/upstream.js';
import type { GatewayPrisma } from '../connection/client.js';
import { readCoverage } from './coverage.js';
import { inventoryBound, inventoryCursor } from '../sql/cursors.js';
import { limitOf } from '../sql/direction.js';
import { readJson, toDate, toPage, type JsonRow } from '../sql/jsonPages.js';
import { MEMBER_JSON, toMember } from '../members/memberCache.js';

/** Reads of the inventory in PostgreSQL. @param laneIdOf throws for a target that is not configured. */
export function createInventoryReads(
  prisma: GatewayPrisma,
  laneIdOf: (target: TargetAddress) => number,
): InventoryReads {
  return {
    async members(filter, page) {
      const rows = await readJson<JsonInventoryRow[]>(prisma, selectInventory(laneIdOf, filter, page));
      const found = toPage({ rows, pageEnd: null }, page, toRow, inventoryCursor);
      return {
        ...found,
        edges: found.edges.map(({ cursor, node: { laneId: _, ...node } }) => ({ cursor, node })),
      };
    },
    countMembers: (filter) =>
      readJson(
        prisma,
        Prisma.sql`SELECT count(*)::int AS result FROM inventory_member m WHERE ${conditionOf(laneIdOf, filter)}`,
      ),
    coverage: (targets, query) => readCoverage(prisma, targets.map(laneIdOf), targets, query),
    listing: (target, maxAgeMs) => readListing(prisma, laneIdOf(target), maxAgeMs),
  };
}

type RowInLane = InventoryRow & { readonly laneId: number };
type JsonInventoryRow = JsonRow<RowInLane>;

/** A page of the inventory, by account id and then by lane. */
function selectInventory(
  laneIdOf: (target: TargetAddress) => number,
  filter: InventoryFilter,
  page: PageArgs,
): Prisma.Sql {
  const { accountId, laneId } = inventoryBound(page);
  const [comes, order] =
    'last' in page ? [Prisma.sql`<`, Prisma.sql`DESC`] : [Prisma.sql`>`, Prisma.sql`ASC`];
  return Prisma.sql`
    SELECT COALESCE(json_agg(json_build_object(
      'accountId', m.account_id, 'laneId', m.lane_id, 'email', m.email, 'administrator', l.administrator,
      'service', l.service, 'region', l.region, 'status', m.status, 'serviceStatus', m.service_status,
      'invitedAt', m.invited_at, 'updatedAt', m.updated_at, 'observedAt', i.observed_at
    ) ORDER BY m.account_id, m.lane_id), '[]') AS result
    FROM (
      SELECT * FROM inventory_member m
      WHERE (m.account_id, m.lane_id) ${comes} (${accountId}, ${laneId}::int) AND ${conditionOf(laneIdOf, filter)}
      ORDER BY m.account_id ${order}, m.lane_id ${order}
      LIMIT ${limitOf(page)}::int
    ) AS m
    JOIN lane l ON l.id = m.lane_id
    JOIN inventory i ON i.lane_id = m.lane_id`;
}

/**
 * The condition on the row `m`. Without ENABLED among the statuses, the condition says so again: only then does the planner
 * use the partial index of the other statuses. OFFSET 0 makes the planner look up the record by account for the rows that it
 * reads, instead of joining the whole record.
 */
function conditionOf(
  laneIdOf: (target: TargetAddress) => number,
  { targets, accountIds, statuses, invitedBefore, openForDays, requested }: InventoryFilter,
): Prisma.Sql {
  const conditions = [Prisma.sql`m.lane_id = ANY (${targets.map(laneIdOf)}::int[])`];
  if (accountIds != null) {
    conditions.push(Prisma.sql`m.account_id = ANY (${[...accountIds]}::text[])`);
  }
  if (statuses != null) {
    conditions.push(Prisma.sql`m.status = ANY (${[...statuses]}::member_status[])`);
  }
  if (openForDays != null || (statuses != null && !statuses.includes('ENABLED'))) {
    conditions.push(Prisma.sql`m.status <> 'ENABLED'`);
  }
  if (invitedBefore != null) {
    conditions.push(Prisma.sql`m.invited_at < ${invitedBefore}`);
  }
  if (openForDays != null) {
    conditions.push(
      Prisma.sql`m.status = 'INVITED' AND m.invited_at < now() - make_interval(days => ${openForDays}::int)`,
    );
  }
  if (requested != null) {
    // A retry may name an account that it does not send to this lane; the request that it repeats has sent it there.
    const isOnRecord = Prisma.sql`EXISTS (
      SELECT FROM request_account a JOIN target t ON t.request_id = a.request_id
      WHERE a.account_id = m.account_id AND t.lane_id = m.lane_id AND t.operation IN ('CREATE_MEMBERS', 'INVITE_MEMBERS')
        AND t.erased_at IS NULL
      OFFSET 0)`;
    conditions.push(requested ? isOnRecord : Prisma.sql`NOT ${isOnRecord}`);
  }
  return Prisma.join(conditions, ' AND ');
}

function toRow(json: JsonInventoryRow): RowInLane {
  return {
    ...json,
    invitedAt: toDate(json.invitedAt),
    updatedAt: toDate(json.updatedAt),
    observedAt: new Date(json.observedAt),
  };
}

async function readListing(
  prisma: GatewayPrisma,
  laneId: number,
  maxAgeMs: number,
): Promise<{ observedAt: Date; members: ServiceMember[] } | null> {
  const listing = await readJson<{ observedAt: string; members: JsonRow<ServiceMember>[] } | null>(
    prisma,
    Prisma.sql`
      SELECT (
        SELECT jsonb_build_object('observedAt', i.observed_at, 'members', (
          SELECT COALESCE(jsonb_agg(${MEMBER_JSON} ORDER BY m.account_id), '[]')
          FROM inventory_member m WHERE m.lane_id = i.lane_id
        ))
        FROM inventory i WHERE i.lane_id = ${laneId}::int
          AND i.observed_at >= clock_timestamp() - make_interval(secs => ${maxAgeMs / 1_000}::float8)
      ) AS result`,
  );
  if (listing === null) {
    return null;
  }
  return { observedAt: new Date(listing.observedAt), members: listing.members.map(toMember) };
}
