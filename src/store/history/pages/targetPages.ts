import { Prisma } from '../../../generated/client.js';
import type { Caller } from '../../../membership.js';
import type { OutcomeFilter } from '../../../ports/history.js';
import { allOf, asLeadingColumn, hideSelectivity, rowCompare } from '../../sql/plannerHints.js';
import { enumValues } from '../../sql/enums.js';
import { laneIdCondition, matchingLanes } from '../../sql/grants.js';
import { OPEN_TARGETS_FROM, targetBoundAt } from '../../sql/timeBounds.js';
import { orderedList } from './boundedPage.js';
import type { Branches, LimitedSelect, PageableList } from './keysetList.js';
import {
  type Exception,
  hasTimeBounds,
  isException,
  type OutcomeConditions,
  type OutcomeRange,
} from './outcomeConditions.js';
import { mayHaveOutcomes } from './outcomesByTarget.js';

/** A target id below which the outcomes of all targets were erased. */
export const KEPT_TARGETS_FROM = Prisma.sql`(SELECT k.target_id FROM kept_from k)`;

/**
 * A subquery for the targets of a request that may have outcomes in the range. OFFSET 0 makes the planner find them by their
 * request, and never read all targets in order.
 */
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
      Prisma.sql`t.id ${direction.followsOrEquals} ${bound.targetId}::bigint`,
      mayHaveOutcomes(range),
      laneIdCondition(caller, filter, Prisma.sql`t.lane_id`),
    )}`;
}

/** The targets of all requests that may have outcomes in the range, in its order. */
export function targetPages(caller: Caller, filter: OutcomeFilter, range: OutcomeRange): PageableList {
  const inBounds = idBounds(caller, filter, range);
  const laneId = laneIdCondition(caller, filter, Prisma.sql`t.lane_id`);
  const isNarrowed =
    laneId !== null || range.statuses !== null || range.operations !== null || hasTimeBounds(range);
  return orderedList({
    name: 'target',
    alias: Prisma.sql`t`,
    keys: ['id'],
    direction: range.direction,
    // One more: the last page may have read all outcomes of the first target.
    limit: range.limit + 1,
    source: (limit) => Prisma.sql`
      SELECT t.* FROM target t WHERE ${inBounds} ORDER BY t.id ${range.direction.order} LIMIT ${limit}`,
    condition: allOf(mayHaveOutcomes(range), laneId),
    branches: isNarrowed ? byLane(inBounds, caller, filter, range) : null,
  });
}

/**
 * A subquery for the same targets, all of them. The planner does not know the limit, which is none: it expects that not all
 * rows are read, and reads the primary key in order instead of sorting.
 */
export function allTargets(caller: Caller, filter: OutcomeFilter, range: OutcomeRange): Prisma.Sql {
  const laneId = laneIdCondition(caller, filter, Prisma.sql`t.lane_id`);
  return Prisma.sql`
    SELECT t.* FROM target t
    WHERE ${allOf(idBounds(caller, filter, range), hideSelectivity(allOf(mayHaveOutcomes(range), laneId)))}
    ORDER BY t.id ${range.direction.order}
    LIMIT (SELECT NULL::bigint)`;
}

function idBounds(caller: Caller, filter: OutcomeFilter, range: OutcomeRange): Prisma.Sql {
  const { bound, direction } = range;
  return allOf(
    rowCompare(Prisma.sql`t.id`, direction.followsOrEquals, Prisma.sql`${bound.targetId}::bigint`),
    Prisma.sql`t.id >= ${KEPT_TARGETS_FROM}`,
    settledTargetBounds(Prisma.sql`t.id`, caller, filter, range),
  );
}

/** Bounds of the id of a target whose outcomes settled between the times of the range; null without both. */
export function settledTargetBounds(
  targetId: Prisma.Sql,
  caller: Caller | null,
  filter: OutcomeFilter,
  { settledAfter, settledBefore }: OutcomeConditions,
): Prisma.Sql | null {
  if (settledAfter === null && settledBefore === null) {
    return null;
  }
  const laneId = laneIdCondition(caller, filter, Prisma.sql`d.lane_id`);
  // If no day is found, nothing has settled since: the minimum is null, and no id is greater than null.
  const isLater =
    settledAfter &&
    Prisma.sql`${targetId} >= (
      SELECT min(d.first_target_id) FROM settled_day d
      WHERE ${allOf(laneId, Prisma.sql`d.day >= (${settledAfter}::timestamptz AT TIME ZONE 'UTC')::date`)}
    )`;
  const isEarlier = settledBefore && Prisma.sql`${targetId} < ${targetBoundAt(settledBefore)}`;
  return allOf(isLater, isEarlier);
}

// Each has a partial index. Literals: a plan for any parameters cannot tell that the index holds the target.
const HAS_EXCEPTION: Record<Exception, Prisma.Sql> = {
  UNPROCESSED: Prisma.sql`t.unprocessed > 0`,
  FAILED: Prisma.sql`t.failed > 0`,
  CANCELED: Prisma.sql`t.canceled > 0`,
};

/**
 * One branch for each lane and operation. Targets with failures are read by status, and may be found by several statuses. Open
 * targets are among the newest.
 */
function byLane(inBounds: Prisma.Sql, caller: Caller, filter: OutcomeFilter, range: OutcomeRange): Branches {
  const { statuses, operations, direction } = range;
  const inLane = asLeadingColumn(Prisma.sql`t.lane_id`, Prisma.sql`branch.id`, Prisma.sql`int`);
  const selectOf =
    (condition: Prisma.Sql | null): LimitedSelect =>
    (limit) => Prisma.sql`(
    SELECT t.* FROM target t
    WHERE ${allOf(inLane, Prisma.sql`t.operation = branch.operation`, inBounds, condition)}
    ORDER BY t.lane_id ${direction.order}, t.operation ${direction.order}, t.id ${direction.order}
    LIMIT ${limit})`;
  const selects = (statuses?.filter(isException) ?? []).map((status) => selectOf(HAS_EXCEPTION[status]));
  const others = statuses?.filter((status) => !isException(status)) ?? null;
  if (others === null || others.includes('PROCESSED')) {
    selects.push(selectOf(null));
  } else if (others.length > 0) {
    selects.push(selectOf(Prisma.sql`t.id >= ${OPEN_TARGETS_FROM}`));
  }
  return {
    from: Prisma.sql`
      SELECT l.id, operation
      FROM ${matchingLanes(caller, filter)} CROSS JOIN ${enumValues(operations, 'membership_operation')} AS operation`,
    selects,
    condition: mayHaveOutcomes(range),
  };
}
