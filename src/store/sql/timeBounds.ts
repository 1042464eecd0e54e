import { Prisma } from '../../generated/client.js';
import { PAST_ALL_TARGETS } from './cursors.js';

/**
 * Longest difference between two clocks, in milliseconds: that of a gateway, which makes the ids of requests and calls, and
 * that of the database, which sets their times. AWS refuses a signature by a clock that is 5 minutes off.
 */
const MAX_CLOCK_SKEW_MS = 3_600_000;

/** The least UUIDv7 of a moment. */
export function leastUuidAt(moment: Date): string {
  const hex = Math.max(0, moment.getTime()).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7000-8000-000000000000`;
}

/**
 * Bounds of an id, a UUIDv7, for rows whose time is `after` or later, and before `before`; null without both. The bounds are
 * wider by MAX_CLOCK_SKEW_MS, so that the time needs a condition of its own.
 */
export function idsBetween(
  id: Prisma.Sql,
  after: Date | null | undefined,
  before: Date | null | undefined,
): Prisma.Sql | null {
  const bounds: Prisma.Sql[] = [];
  if (after != null) {
    bounds.push(Prisma.sql`${id} >= ${leastUuidAt(new Date(after.getTime() - MAX_CLOCK_SKEW_MS))}::uuid`);
  }
  if (before != null) {
    bounds.push(Prisma.sql`${id} < ${leastUuidAt(new Date(before.getTime() + MAX_CLOCK_SKEW_MS))}::uuid`);
  }
  return bounds.length === 0 ? null : Prisma.join(bounds, ' AND ');
}

/** The condition that a time is `after` or later, and before `before`; null without both. */
export function isBetween(
  moment: Prisma.Sql,
  after: Date | null | undefined,
  before: Date | null | undefined,
): Prisma.Sql | null {
  const bounds: Prisma.Sql[] = [];
  if (after != null) {
    bounds.push(Prisma.sql`${moment} >= ${after}::timestamptz`);
  }
  if (before != null) {
    bounds.push(Prisma.sql`${moment} < ${before}::timestamptz`);
  }
  return bounds.length === 0 ? null : Prisma.join(bounds, ' AND ');
}

/**
 * A target id that is greater than the ids of all targets created before `moment`: the first target of the first request
 * created at `moment` or later. Ids of targets are ascending, and the time of a request is the begin of its transaction, which
 * is before its targets get their ids.
 */
export function targetBoundAt(moment: Date): Prisma.Sql {
  return Prisma.sql`COALESCE((
    SELECT min(t.id) FROM target t WHERE t.request_id = (
      SELECT r.id FROM request r WHERE r.id >= ${leastUuidAt(moment)}::uuid AND r.created_at >= ${moment}::timestamptz
      ORDER BY r.id LIMIT 1
    )
  ), ${PAST_ALL_TARGETS}::bigint)`;
}

/**
 * A target id below which no target is open: the first target of the newest request that had finished before the oldest open
 * request was created. Every lesser id was given to a target before that.
 */
export const OPEN_TARGETS_FROM = Prisma.sql`(
  SELECT CASE WHEN oldest.created_at IS NULL THEN ${PAST_ALL_TARGETS}::bigint ELSE COALESCE((
    SELECT min(t.id) FROM target t WHERE t.request_id = (
      SELECT r.id FROM request r
      WHERE r.id < (lpad(to_hex((EXTRACT(EPOCH FROM oldest.created_at) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid
        AND r.finished_at < oldest.created_at
      ORDER BY r.id DESC LIMIT 1
    )
  ), 0) END
  FROM (SELECT min(r.created_at) AS created_at FROM request r WHERE r.finished_at IS NULL) AS oldest
)`;
