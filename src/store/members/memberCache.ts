import { createHash } from 'node:crypto';
import type { TargetAddress } from '../../membership.js';
import type { CachedMember, MemberCache } from '../../ports/memberCache.js';
import type { MemberPageQuery, ServiceMember } from '../../ports/upstream.js';
import type { GatewayPrisma } from '../connection/client.js';
import { readJson, type JsonRow } from '../sql/jsonPages.js';
import { Prisma } from '../../generated/client.js';

type JsonMember = JsonRow<ServiceMember>;

/** A member of the inventory as JSON, in the form of cached reads. */
export const MEMBER_JSON = Prisma.sql`jsonb_build_object('accountId', m.account_id, 'serviceStatus', m.service_status,
  'email', m.email, 'invitedAt', m.invited_at, 'updatedAt', m.updated_at)`;

/** The cache of members in PostgreSQL. @param laneIdOf throws for a target that is not configured. */
export function createMemberCache(
  prisma: GatewayPrisma,
  laneIdOf: (target: TargetAddress) => number,
): MemberCache {
  return {
    async members(keys, maxAgeSeconds) {
      const laneIds = keys.map(({ target }) => laneIdOf(target));
      const accountIds = keys.map(({ accountId }) => accountId);
      const rows = await readJson<(JsonCachedMember | null)[]>(
        prisma,
        selectMembers(laneIds, accountIds, maxAgeSeconds),
      );
      return rows.map((row) => row && toCached(row));
    },
    async saveMembers(read) {
      await saveMembers(
        prisma,
        read.map(({ target, ...kept }) => ({ ...kept, laneId: laneIdOf(target) })),
      );
    },
    async inventoryPage(target, after, pageSize, maxAgeSeconds) {
      const page = await readJson<{ observedAt: string; members: JsonMember[] } | null>(
        prisma,
        selectInventoryPage(laneIdOf(target), after, pageSize + 1, maxAgeSeconds),
      );
      if (page === null) {
        return null;
      }
      const { observedAt, members } = page;
      return {
        members: members.slice(0, pageSize).map(toMember),
        isLast: members.length <= pageSize,
        observedAt: new Date(observedAt),
      };
    },
    async page(target, { nextToken }, maxAgeSeconds) {
      const [row] = await prisma.$queryRaw<JsonPage[]>`
        SELECT members, next_token AS "nextToken", observed_at AS "observedAt" FROM kept_page
        WHERE lane_id = ${laneIdOf(target)}::int AND token_hash = ${hashOf(nextToken)}
          AND observed_at >= clock_timestamp() - make_interval(secs => ${maxAgeSeconds}::float8)`;
      return row === undefined ? null : { ...row, members: row.members.map(toMember) };
    },
    async savePage(target, { nextToken }, { members, nextToken: next, observedAt }) {
      await prisma.$executeRaw`
        INSERT INTO kept_page (lane_id, token_hash, observed_at, members, next_token)
        VALUES (${laneIdOf(target)}::int, ${hashOf(nextToken)}, ${observedAt}, ${JSON.stringify(members)}::jsonb, ${next})
        ON CONFLICT (lane_id, token_hash) DO UPDATE
        SET observed_at = EXCLUDED.observed_at, members = EXCLUDED.members, next_token = EXCLUDED.next_token
        WHERE kept_page.observed_at <= EXCLUDED.observed_at`;
    },
    async erase(olderThanSeconds) {
      const old = Prisma.sql`observed_at < now() - make_interval(secs => ${olderThanSeconds}::float8)`;
      await prisma.$executeRaw`WITH pages AS (DELETE FROM kept_page WHERE ${old}) DELETE FROM kept_member WHERE ${old}`;
    },
  };
}

interface JsonCachedMember {
  readonly observedAt: string;
  readonly member: JsonMember | null;
}

interface JsonPage {
  readonly members: readonly JsonMember[];
  readonly nextToken: string | null;
  readonly observedAt: Date;
}

/** For each key, the later one of cached read and inventory. An account that the inventory lacks was not a member then. */
function selectMembers(
  laneIds: readonly number[],
  accountIds: readonly string[],
  maxAgeSeconds: number,
): Prisma.Sql {
  return Prisma.sql`
    WITH since AS MATERIALIZED (SELECT clock_timestamp() - make_interval(secs => ${maxAgeSeconds}::float8) AS at)
    SELECT COALESCE(json_agg(CASE
      WHEN k.observed_at >= COALESCE(i.observed_at, '-infinity')
        THEN jsonb_build_object('observedAt', k.observed_at, 'member', k.member)
      WHEN i.observed_at IS NOT NULL THEN jsonb_build_object('observedAt', i.observed_at,
        'member', CASE WHEN m.account_id IS NOT NULL THEN ${MEMBER_JSON} END)
      END ORDER BY asked.place), '[]') AS result
    FROM unnest(${[...laneIds]}::int[], ${[...accountIds]}::text[]) WITH ORDINALITY AS asked (lane_id, account_id, place)
    CROSS JOIN since
    LEFT JOIN kept_member k
      ON k.lane_id = asked.lane_id AND k.account_id = asked.account_id AND k.observed_at >= since.at
    LEFT JOIN inventory i ON i.lane_id = asked.lane_id AND i.observed_at >= since.at
    LEFT JOIN inventory_member m ON m.lane_id = i.lane_id AND m.account_id = asked.account_id`;
}

/** An older read never replaces a later one. Rows are written in one order, so two statements never deadlock. */
async function saveMembers(
  prisma: GatewayPrisma,
  read: readonly (CachedMember & { readonly laneId: number; readonly accountId: string })[],
): Promise<void> {
  await prisma.$executeRaw`
    INSERT INTO kept_member (lane_id, account_id, observed_at, member)
    SELECT DISTINCT ON (1, 2) r."laneId", r."accountId", r."observedAt", NULLIF(r.member, 'null'::jsonb)
    FROM json_to_recordset(${JSON.stringify(read)}::json)
      AS r ("laneId" int, "accountId" text, "observedAt" timestamptz, member jsonb)
    ORDER BY 1, 2, 3 DESC
    ON CONFLICT (lane_id, account_id) DO UPDATE SET observed_at = EXCLUDED.observed_at, member = EXCLUDED.member
    WHERE kept_member.observed_at <= EXCLUDED.observed_at`;
}

function selectInventoryPage(
  laneId: number,
  after: string,
  limit: number,
  maxAgeSeconds: number | null,
): Prisma.Sql {
  return Prisma.sql`
    SELECT (
      SELECT jsonb_build_object('observedAt', i.observed_at, 'members', (
        SELECT COALESCE(jsonb_agg(${MEMBER_JSON} ORDER BY m.account_id), '[]') FROM (
          SELECT * FROM inventory_member m WHERE m.lane_id = i.lane_id AND m.account_id > ${after}
          ORDER BY m.account_id LIMIT ${limit}::int
        ) AS m
      ))
      FROM inventory i WHERE i.lane_id = ${laneId}::int AND i.observed_at IS NOT NULL
        AND (${maxAgeSeconds}::float8 IS NULL
          OR i.observed_at >= clock_timestamp() - make_interval(secs => ${maxAgeSeconds}::float8))
    ) AS result`;
}

function toCached({ observedAt, member }: JsonCachedMember): CachedMember {
  return { observedAt: new Date(observedAt), member: member && toMember(member) };
}

/** A member from its JSON. */
export function toMember({ invitedAt, updatedAt, ...member }: JsonMember): ServiceMember {
  return {
    ...member,
    invitedAt: invitedAt === null ? null : new Date(invitedAt),
    updatedAt: updatedAt === null ? null : new Date(updatedAt),
  };
}

function hashOf(token: MemberPageQuery['nextToken']): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    createHash('sha256')
      .update(token ?? '')
      .digest(),
  );
}
