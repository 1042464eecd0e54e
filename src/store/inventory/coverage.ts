import { Prisma } from '../../generated/client.js';
import type { MemberStatus, TargetAddress } from '../../membership.js';
import type {
  AccountStanding,
  Coverage,
  CoverageGap,
  CoveredTarget,
  InventoryReads,
} from '../../ports/inventory.js';
import type { GatewayPrisma } from '../connection/client.js';
import { readJson, toDate, type JsonRow } from '../sql/jsonPages.js';

/** The arguments of a coverage besides its targets. */
export type CoverageQuery = Parameters<InventoryReads['coverage']>[1];

/** The coverage of lanes. @param targets the target of each lane, at the same index. */
export async function readCoverage(
  prisma: GatewayPrisma,
  laneIds: readonly number[],
  targets: readonly TargetAddress[],
  query: CoverageQuery,
): Promise<Coverage> {
  const { lanes, gapCount, gaps } = await readJson<JsonCoverage>(prisma, selectCoverage(laneIds, query));
  const places = new Map(laneIds.map((laneId, place) => [laneId, place]));
  const states = new Map(lanes.map((lane) => [lane.laneId, lane]));
  const observed = lanes.filter(({ observedAt }) => observedAt !== null).map(({ laneId }) => laneId);
  const standing = (laneId: number, status: MemberStatus): AccountStanding => {
    const target = targets[places.get(laneId) ?? -1];
    if (target === undefined) {
      throw new Error('every lane has its target');
    }
    return { service: target.service, region: target.region, status };
  };
  return {
    targets: targets.map(({ service, region }, place): CoveredTarget => {
      const state = states.get(laneIds[place] ?? -1);
      return {
        service,
        region,
        observedAt: toDate(state?.observedAt ?? null),
        reasonCode: state?.reasonCode ?? null,
        reason: state?.reason ?? null,
        members: state?.members ?? 0,
        statuses: state?.statuses ?? [],
      };
    }),
    gapCount,
    gaps: gaps.map(({ accountId, statuses }): CoverageGap => {
      const all = observed
        .toSorted((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0))
        .map((laneId) => standing(laneId, statuses[laneId] ?? 'NOT_A_MEMBER'));
      const [enabledIn = [], missingIn = []] = [true, false].map((is) =>
        all.filter(({ status }) => (status === 'ENABLED') === is),
      );
      return { accountId, enabledIn, missingIn };
    }),
  };
}

interface JsonCoverage {
  readonly lanes: readonly (JsonRow<Omit<CoveredTarget, 'service' | 'region'>> & {
    readonly laneId: number;
  })[];
  readonly gapCount: number;
  /** Statuses by lane, for the lanes where the account is a member. */
  readonly gaps: readonly { readonly accountId: string; readonly statuses: Record<string, MemberStatus> }[];
}

/**
 * Reads the members of these lanes once and groups them twice: by lane and status, and by account. An account has a gap if
 * it is ENABLED in some observed lanes, not in all. Accounts of the query that a lane does not have are NOT_A_MEMBER there.
 */
function selectCoverage(laneIds: readonly number[], { accountIds, after, limit }: CoverageQuery): Prisma.Sql {
  const narrowed = accountIds && [...new Set(accountIds)];
  const isAsked = narrowed ? Prisma.sql`AND m.account_id = ANY (${narrowed}::text[])` : Prisma.empty;
  const absent = narrowed
    ? Prisma.sql`
      UNION ALL
      SELECT o.lane_id, 'NOT_A_MEMBER', ${narrowed.length}::int - count(s.lane_id)
      FROM observed o LEFT JOIN standing s ON s.lane_id = o.lane_id GROUP BY o.lane_id`
    : Prisma.empty;
  return Prisma.sql`
    WITH observed AS MATERIALIZED (
      SELECT i.* FROM inventory i WHERE i.lane_id = ANY (${[...laneIds]}::int[]) AND i.observed_at IS NOT NULL
    ),
    standing AS MATERIALIZED (
      SELECT m.lane_id, m.account_id, m.status FROM inventory_member m
      WHERE m.lane_id = ANY (ARRAY(SELECT lane_id FROM observed)) ${isAsked}
    ),
    counted AS (SELECT lane_id, status, count(*) AS members FROM standing GROUP BY lane_id, status ${absent}),
    gap AS MATERIALIZED (
      SELECT account_id FROM standing GROUP BY account_id
      HAVING count(*) FILTER (WHERE status = 'ENABLED') BETWEEN 1 AND (SELECT count(*) FROM observed) - 1
    ),
    shown AS MATERIALIZED (
      SELECT account_id FROM gap WHERE account_id > ${after ?? ''} ORDER BY account_id LIMIT ${limit}::int
    )
    SELECT json_build_object(
      'lanes', (
        SELECT COALESCE(json_agg(json_build_object('laneId', i.lane_id, 'observedAt', i.observed_at,
          'reasonCode', i.reason_code, 'reason', i.reason,
          'members', (SELECT COALESCE(sum(c.members), 0) FROM counted c WHERE c.lane_id = i.lane_id AND c.status <> 'NOT_A_MEMBER'),
          'statuses', (
            SELECT COALESCE(json_agg(json_build_object('status', c.status, 'members', c.members) ORDER BY c.status), '[]')
            FROM counted c WHERE c.lane_id = i.lane_id AND c.members > 0
          ))), '[]')
        FROM inventory i WHERE i.lane_id = ANY (${[...laneIds]}::int[])
      ),
      'gapCount', (SELECT count(*) FROM gap),
      'gaps', (
        SELECT COALESCE(json_agg(json_build_object('accountId', g.account_id, 'statuses', g.statuses) ORDER BY g.account_id), '[]')
        FROM (
          SELECT account_id, json_object_agg(lane_id, status) AS statuses
          FROM standing WHERE account_id IN (SELECT account_id FROM shown) GROUP BY account_id
        ) AS g
      )
    ) AS result`;
}
