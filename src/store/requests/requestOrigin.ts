import { Prisma, type PrismaClient } from '../../generated/client.js';
import type { Caller, Origin } from '../../membership.js';
import type { OriginStore } from '../../ports/origins.js';
import { uuidOrNone } from '../sql/cursors.js';

/** The columns of `request` that hold its origin. */
export const ORIGIN_COLUMNS = Prisma.sql`token_id, source_address, user_agent, http_request_id, traceparent`;

/** The values of ORIGIN_COLUMNS, in their order. */
export function originValues({ origin }: Caller): Prisma.Sql {
  return Prisma.sql`${origin?.tokenId ?? null}::uuid, ${origin?.address ?? null}, ${origin?.userAgent ?? null},
        ${origin?.requestId ?? null}, ${origin?.traceparent ?? null}`;
}

/** The store that reads the origins of requests. */
export function createOriginStore(prisma: PrismaClient): OriginStore {
  return {
    async originsOfRequests(requestIds) {
      const rows = await prisma.$queryRaw<(Origin & { id: string })[]>`
        SELECT id::text, token_id::text AS "tokenId", source_address AS address, user_agent AS "userAgent",
          http_request_id AS "requestId", traceparent
        FROM request WHERE id = ANY (${requestIds.map(uuidOrNone)}::uuid[]) AND source_address IS NOT NULL`;
      const byId = new Map(rows.map(({ id, ...origin }) => [id, origin]));
      return requestIds.map((id) => byId.get(id) ?? null);
    },
  };
}
