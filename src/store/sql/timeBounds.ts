import { Prisma } from '../../generated/client.js';
import { PAST_ALL_TARGETS } from './cursors.js';

/**
 * How far the clock of a gateway, which the ids of requests and calls are made by, and that of the database, which their
 * times are taken from, may be apart. AWS refuses what is signed by a clock that is 5 minutes off.
 */
const CLOCK_SKEW_MS = 3_600_000;

/** The least UUIDv7 of a moment. */
export function leastUuidAt(moment: Date): string {
  const hex = Math.max(0, moment.getTime()).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7000-8000-000000000000`;
}

/** Bounds of an id, which is by time, for rows whose moment lies from `after` on and before `before`; null: none. */
export function idsBetween(
  id: Prisma.Sql,
  after: Date | null | undefined,
  before: Date | null | undefined,
): Prisma.Sql | null {
  const bounds: Prisma.Sql[] = [];
  if (after != null) {
    bounds.push(Prisma.sql`${id} >= ${leastUuidAt(new Date(after.getTime() - CLOCK_SKEW_MS))}::uuid`);
  }
  if (before != null) {
    bounds.push(Prisma.sql`${id} < ${leastUuidAt(new Date(before.getTime() + CLOCK_SKEW_MS))}::uuid`);
  }
  return bounds.length === 0 ? null : Prisma.join(bounds, ' AND ');
}

/** The condition that a moment lies from `after` on and before `before`; null: no condition. */
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
 * A target id that every target made before `moment` is below. Ids are given out in order, and the time of a request is
 * that of its transaction, which began before its targets got theirs: all from the first target of a later request on are
 * later.
 */
export function targetsMadeBefore(moment: Date): Prisma.Sql {
  return Prisma.sql`COALESCE((
    SELECT min(t.id) FROM target t WHERE t.request_id = (
      SELECT r.id FROM request r WHERE r.id >= ${leastUuidAt(moment)}::uuid AND r.created_at >= ${moment}::timestamptz
      ORDER BY r.id LIMIT 1
    )
  ), ${PAST_ALL_TARGETS}::bigint)`;
}

/**
 * A target id below which nothing is open. With the oldest open request made at some moment, it is the first target of
 * the newest request that had finished by then: whatever has a lesser id was made before that moment.
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
