import { Prisma } from '../generated/client.js';
import type { Caller } from '../membership.js';
import type { OutcomeFilter } from '../ports/history.js';
import { isWantedLane, wantedLanes } from './grants.js';
import { allOf, leads, nearOrFar } from './nearOrFar.js';
import {
  coalesced,
  type Exception,
  isException,
  isTimed,
  type OutcomeConditions,
  type OutcomeRange,
} from './outcomeRange.js';
import { countOf, mayHave } from './outcomesByTarget.js';
import { OPEN_TARGETS_FROM, targetsMadeBefore } from './timeBounds.js';

/** The id of a target: those before it have no outcomes any more. */
const KEPT_FROM = Prisma.sql`(SELECT k.target_id FROM kept_from k)`;

/** The targets of a request that may have outcomes for the range. OFFSET 0: found by the request, never by walking all. */
export function targetsOfRequest(
  requestId: Prisma.Sql,
  caller: Caller | null,
  filter: OutcomeFilter,
  range: OutcomeRange,
): Prisma.Sql {
  const { bound, direction } = range;
  return Prisma.sql`
    SELECT t.* FROM (SELECT * FROM target WHERE request_id = ${requestId} OFFSET 0) AS t
    WHERE ${allOf(
      Prisma.sql`t.id ${direction.behindOrAt} ${bound.targetId}::bigint`,
      mayHave(range),
      isWantedLane(caller, filter, Prisma.sql`t.lane_id`),
    )}`;
}

/**
 * The targets of all requests that may have outcomes for the range, in its order.
 *
 * Narrowed by when outcomes settled, they are walked: how many a target gives is not known before. Else as many are read as fill a page if each gives one, by
 * `nearOrFar`.
 */
export function targetsOfAll(caller: Caller, filter: OutcomeFilter, range: OutcomeRange): Prisma.Sql {
  const { bound, direction, limit } = range;
  const isBehind = Prisma.sql`t.id ${direction.behindOrAt} ${bound.targetId}::bigint AND t.id >= ${KEPT_FROM}`;
  const isWanted = isWantedLane(caller, filter, Prisma.sql`t.lane_id`);
  if (isTimed(range)) return walkTargets(caller, filter, range);
  const isNarrowed = isWanted !== null || range.statuses !== null || range.operations !== null;
  const condition = isNarrowed ? allOf(mayHave(range), isWanted) : null;
  const list = {
    table: Prisma.sql`target`,
    alias: Prisma.sql`t`,
    within: allOf(isBehind, Prisma.sql`t.erased_at IS NULL`),
    condition,
    direction,
    // One more, since the first may have been read to its end by the last page.
    limit: limit + 1,
  };
  return nearOrFar(list, targetsByLane(isBehind, caller, filter, { ...range, limit: limit + 1 }));
}

/**
 * As above, walked by id until the page is full, between the first and the last target of the time asked for. A limit that
 * the planner does not know lets it expect that not all are read, and so walk and not sort them.
 */
export function walkTargets(caller: Caller, filter: OutcomeFilter, range: OutcomeRange): Prisma.Sql {
  const { bound, direction } = range;
  const isWanted = isWantedLane(caller, filter, Prisma.sql`t.lane_id`);
  return Prisma.sql`
    SELECT t.* FROM target t
    WHERE ${allOf(
      Prisma.sql`t.id ${direction.behindOrAt} ${bound.targetId}::bigint AND t.id >= ${KEPT_FROM}`,
      settledWithin(Prisma.sql`t.id`, caller, filter, range),
      coalesced(allOf(mayHave(range), isWanted)),
    )}
    ORDER BY t.id ${direction.order}
    LIMIT (SELECT NULL::bigint)`;
}

/** Bounds of the id of a target for outcomes that settled in the time of the range; null: no bounds. */
export function settledWithin(
  targetId: Prisma.Sql,
  caller: Caller | null,
  filter: OutcomeFilter,
  { settledAfter, settledBefore }: OutcomeConditions,
): Prisma.Sql | null {
  if (settledAfter === null && settledBefore === null) return null;
  const isWanted = isWantedLane(caller, filter, Prisma.sql`d.lane_id`);
  // Without a day nothing has settled since, and the least of no target is null, which nothing is greater than.
  const isLater =
    settledAfter &&
    Prisma.sql`${targetId} >= (
      SELECT min(d.first_target_id) FROM settled_day d
      WHERE ${allOf(isWanted, Prisma.sql`d.day >= (${settledAfter}::timestamptz AT TIME ZONE 'UTC')::date`)}
    )`;
  const isEarlier = settledBefore && Prisma.sql`${targetId} < ${targetsMadeBefore(settledBefore)}`;
  return allOf(isLater, isEarlier);
}

// Exceptions have an index each, written out so that any plan can tell. What is open lies among the newest targets.
const EXCEPTIONS: Record<Exception, Prisma.Sql> = {
  UNPROCESSED: Prisma.sql`t.unprocessed > 0`,
  FAILED: Prisma.sql`t.failed > 0`,
  CANCELED: Prisma.sql`t.canceled > 0`,
};

/** As above from the indexes of lanes: the first of every lane, operation and, for exceptions, status. */
function targetsByLane(
  isBehind: Prisma.Sql,
  caller: Caller,
  filter: OutcomeFilter,
  { statuses, operations, direction, limit }: OutcomeRange,
): Prisma.Sql {
  const inLane = leads(Prisma.sql`t.lane_id`, Prisma.sql`l.id`, Prisma.sql`int`);
  const list = (condition: Prisma.Sql | null) => Prisma.sql`(
    SELECT t.* FROM target t
    WHERE ${allOf(inLane, Prisma.sql`t.operation = wanted_operation AND t.erased_at IS NULL`, isBehind, condition)}
    ORDER BY t.lane_id ${direction.order}, t.operation ${direction.order}, t.id ${direction.order}
    LIMIT ${limit}::int)`;
  const lists = statuses?.filter(isException).map((status) => list(EXCEPTIONS[status])) ?? [];
  const others = statuses?.filter((status) => !isException(status)) ?? null;
  if (others === null) lists.push(list(null));
  else if (others.length > 0) {
    const isOpenOnly = !others.includes('PROCESSED');
    lists.push(
      list(
        allOf(
          coalesced(Prisma.sql`${countOf(others)} > 0`),
          isOpenOnly ? Prisma.sql`t.id >= ${OPEN_TARGETS_FROM}` : null,
        ),
      ),
    );
  }
  if (lists.length === 0) return Prisma.sql`SELECT * FROM target WHERE false`;
  const wanted = operations ?? null;
  const operation = wanted
    ? Prisma.sql`unnest(${[...wanted]}::membership_operation[])`
    : Prisma.sql`unnest(enum_range(NULL::membership_operation))`;
  return Prisma.sql`
    SELECT DISTINCT ON (t.id) t.*
    FROM ${wantedLanes(caller, filter)}
    CROSS JOIN ${operation} AS wanted_operation
    CROSS JOIN LATERAL (${Prisma.join(lists, ' UNION ALL ')}) AS t
    ORDER BY t.id ${direction.order}
    LIMIT ${limit}::int`;
}
