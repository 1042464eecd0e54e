import { Prisma } from '../../../generated/client.js';
import type { Caller } from '../../../membership.js';
import type { OutcomeFilter } from '../../../ports/history.js';
import { allOf, coalesced, isBeyond, leads } from '../../sql/plannerHints.js';
import { isWantedLane, wantedLanes } from '../../sql/grants.js';
import {
  type Exception,
  isException,
  isTimed,
  type OutcomeConditions,
  type OutcomeRange,
} from './outcomeRange.js';
import { mayHave } from './outcomesByTarget.js';
import { OPEN_TARGETS_FROM, targetsMadeBefore } from '../../sql/timeBounds.js';
import type { Branches, Ordered, Reading } from './boundedPage.js';

/** The id of a target: those before it have no outcomes any more. */
export const KEPT_FROM = Prisma.sql`(SELECT k.target_id FROM kept_from k)`;

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

/** How the targets of all requests that may have outcomes for the range are read, in its order. */
export function targetsOfAll(caller: Caller, filter: OutcomeFilter, range: OutcomeRange): Ordered & Reading {
  const { bound, direction, limit } = range;
  const within = allOf(
    isBeyond(Prisma.sql`t.id`, direction.behindOrAt, Prisma.sql`${bound.targetId}::bigint`),
    Prisma.sql`t.id >= ${KEPT_FROM}`,
    settledWithin(Prisma.sql`t.id`, caller, filter, range),
  );
  const isWanted = isWantedLane(caller, filter, Prisma.sql`t.lane_id`);
  const isNarrowed =
    isWanted !== null || range.statuses !== null || range.operations !== null || isTimed(range);
  return {
    name: 'target',
    alias: Prisma.sql`t`,
    keys: ['id'],
    direction,
    // One more, since the first may have been read to its end by the last page.
    limit: limit + 1,
    source: (most) => Prisma.sql`
      SELECT t.* FROM target t WHERE ${within} ORDER BY t.id ${direction.order} LIMIT ${most}`,
    condition: allOf(mayHave(range), isWanted),
    branches: isNarrowed ? byLane(within, caller, filter, range) : null,
  };
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
      isBeyond(Prisma.sql`t.id`, direction.behindOrAt, Prisma.sql`${bound.targetId}::bigint`),
      Prisma.sql`t.id >= ${KEPT_FROM}`,
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
  if (settledAfter === null && settledBefore === null) {
    return null;
  }
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

/** By lane and operation and, for exceptions, status: a target may be found by several of them. */
function byLane(within: Prisma.Sql, caller: Caller, filter: OutcomeFilter, range: OutcomeRange): Branches {
  const { statuses, operations, direction } = range;
  const inLane = leads(Prisma.sql`t.lane_id`, Prisma.sql`branch.id`, Prisma.sql`int`);
  const list = (condition: Prisma.Sql | null) => (most: Prisma.Sql) => Prisma.sql`(
    SELECT t.* FROM target t
    WHERE ${allOf(inLane, Prisma.sql`t.operation = branch.operation`, within, condition)}
    ORDER BY t.lane_id ${direction.order}, t.operation ${direction.order}, t.id ${direction.order}
    LIMIT ${most})`;
  const exceptions = statuses?.filter(isException) ?? [];
  const others = statuses?.filter((status) => !isException(status)) ?? null;
  const isOpenOnly = others !== null && !others.includes('PROCESSED');
  const lists = exceptions.map((status) => list(EXCEPTIONS[status]));
  if (others === null || others.length > 0) {
    lists.push(list(isOpenOnly ? Prisma.sql`t.id >= ${OPEN_TARGETS_FROM}` : null));
  }
  const operation = operations
    ? Prisma.sql`unnest(${[...operations]}::membership_operation[])`
    : Prisma.sql`unnest(enum_range(NULL::membership_operation))`;
  return {
    from: Prisma.sql`SELECT l.id, operation FROM ${wantedLanes(caller, filter)} CROSS JOIN ${operation} AS operation`,
    lists,
    condition: mayHave(range),
  };
}
