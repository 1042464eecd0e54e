import { Prisma, type PrismaClient } from '../../generated/client.js';
import type { DeniedAttempt, DeniedAttemptStore } from '../../ports/deniedAttempts.js';
import { idBound, idCursor } from '../sql/cursors.js';
import { directionOf, limitOf } from '../sql/direction.js';
import { toPage } from '../sql/jsonPages.js';

/** Denied attempts in PostgreSQL, of all replicas. */
export function createDeniedAttemptStore(prisma: PrismaClient): DeniedAttemptStore {
  return {
    async insert(attempts, maxRows) {
      await prisma.$executeRaw(insertAttempts(attempts, maxRows));
    },
    async list({ administrators }, page) {
      const within =
        administrators === null
          ? Prisma.sql`true`
          : Prisma.sql`administrators <@ ${[...administrators]}::text[]`;
      const { follows, isBackward, order } = directionOf(page);
      const rows = await prisma.$queryRaw<DeniedAttempt[]>`
        SELECT id::text, code, reason, attempts, first_at AS "firstAt", last_at AS "lastAt", caller_id AS "callerId",
          caller_kind::text AS "callerKind", administrators, source_address AS address, user_agent AS "userAgent",
          http_request_id AS "requestId", traceparent
        FROM denied_attempt
        WHERE id ${follows} ${idBound('deniedAttempts', page)}::uuid AND ${within}
        ORDER BY id ${order} LIMIT ${limitOf(page)}::int`;
      return toPage(
        { rows: isBackward ? rows.toReversed() : rows, pageEnd: null },
        page,
        (row) => row,
        ({ id }) => idCursor('deniedAttempts', id),
      );
    },
  };
}

/** Inserts attempts and deletes the oldest rows beyond `maxRows`. The table exceeds `maxRows` by one batch at most. */
function insertAttempts(attempts: readonly DeniedAttempt[], maxRows: number): Prisma.Sql {
  const rows = JSON.stringify(attempts);
  return Prisma.sql`
    WITH deleted AS (
      DELETE FROM denied_attempt
      WHERE id <= (SELECT id FROM denied_attempt ORDER BY id DESC OFFSET ${maxRows}::int LIMIT 1)
    )
    INSERT INTO denied_attempt (
      id, code, reason, attempts, first_at, last_at, caller_id, caller_kind, administrators, source_address, user_agent,
      http_request_id, traceparent
    )
    SELECT id, code, reason, attempts, "firstAt", "lastAt", "callerId", "callerKind", administrators, address, "userAgent",
      "requestId", traceparent
    FROM json_to_recordset(${rows}::json) AS attempt (
      id uuid, code text, reason text, attempts int, "firstAt" timestamptz, "lastAt" timestamptz, "callerId" text,
      "callerKind" actor_kind, administrators text[], address text, "userAgent" text, "requestId" text, traceparent text
    )
    ON CONFLICT (id) DO NOTHING`;
}
