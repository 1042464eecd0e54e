import { Prisma } from '../../../generated/client.js';
import {
  type MembershipOperation,
  OUTCOME_STATUSES,
  type OutcomeStatus,
  type ReasonCode,
  STATUSES_WITH_REASON,
} from '../../../membership.js';
import type { OutcomeFilter, PageArgs } from '../../../ports/history.js';
import type { OutcomeKey } from '../../../ports/pages.js';
import { allOf } from '../../sql/plannerHints.js';
import { outcomeBound } from '../../sql/cursors.js';
import { directionOf, limitOf, type Direction } from '../../sql/direction.js';
import { isOneOf } from '../../sql/enums.js';
import { isBetween } from '../../sql/timeBounds.js';

/** The conditions of a filter, without request, accounts and lanes. */
export interface OutcomeConditions {
  /** Distinct; null: any. */
  readonly statuses: readonly OutcomeStatus[] | null;
  /** Distinct; null: any or none. */
  readonly reasonCodes: readonly ReasonCode[] | null;
  /** Distinct; null: any. */
  readonly operations: readonly MembershipOperation[] | null;
  readonly settledAfter: Date | null;
  readonly settledBefore: Date | null;
}

/** A page of a list of outcomes. The newest is first: the primary key (target_id, account_id), descending. */
export interface OutcomeRange extends OutcomeConditions {
  /** The key after which the page begins, in its direction. */
  readonly bound: OutcomeKey;
  readonly direction: Direction;
  /** Rows to read: one more than the page shows. */
  readonly limit: number;
}

/** A status of a failure. The partial index `outcome_exception_idx` holds the outcomes with these statuses. */
export type Exception = Extract<OutcomeStatus, 'UNPROCESSED' | 'FAILED' | 'CANCELED'>;

// Literals: a plan for any parameters cannot tell that the partial index holds the status.
const EXCEPTIONS: Record<Exception, Prisma.Sql> = {
  UNPROCESSED: Prisma.sql`'{UNPROCESSED}'`,
  FAILED: Prisma.sql`'{FAILED}'`,
  CANCELED: Prisma.sql`'{CANCELED}'`,
};

/** Whether the index of failures holds the status. */
export function isException(status: OutcomeStatus): status is Exception {
  return status in EXCEPTIONS;
}

/** The statuses of settled outcomes. */
const SETTLED: readonly OutcomeStatus[] = ['PROCESSED', 'UNPROCESSED', 'FAILED', 'CANCELED'];

/** The conditions of a filter, without repeated values, and without statuses that its other conditions exclude. */
export function toConditions(filter: OutcomeFilter): OutcomeConditions {
  const conditions: OutcomeConditions = {
    statuses: distinct(filter.statuses),
    reasonCodes: distinct(filter.reasonCodes),
    operations: distinct(filter.operations),
    settledAfter: filter.settledAfter ?? null,
    settledBefore: filter.settledBefore ?? null,
  };
  const possible = possibleStatuses(conditions);
  const statuses = conditions.statuses?.filter((status) => possible.includes(status)) ?? null;
  return { ...conditions, statuses };
}

/** The statuses that an outcome can have which meets the other conditions. */
function possibleStatuses(conditions: OutcomeConditions): readonly OutcomeStatus[] {
  if (conditions.reasonCodes !== null) {
    return conditions.reasonCodes.includes('ALREADY_MEMBER')
      ? ['PROCESSED', ...STATUSES_WITH_REASON]
      : STATUSES_WITH_REASON;
  }
  return hasTimeBounds(conditions) ? SETTLED : OUTCOME_STATUSES;
}

/** Whether outcomes that have not ended can meet the conditions. */
export function mayBeOpen(conditions: OutcomeConditions): boolean {
  const { statuses, reasonCodes } = conditions;
  const isOpenWanted = statuses === null || statuses.includes('PENDING') || statuses.includes('IN_FLIGHT');
  return isOpenWanted && reasonCodes === null && !hasTimeBounds(conditions);
}

/** The conditions of a filter and the position of a page. */
export function toRange(filter: OutcomeFilter, page: PageArgs): OutcomeRange {
  return {
    ...toConditions(filter),
    bound: outcomeBound(page),
    direction: directionOf(page),
    limit: limitOf(page),
  };
}

/** Whether the conditions bound the time at which outcomes settled. */
export function hasTimeBounds({ settledAfter, settledBefore }: OutcomeConditions): boolean {
  return settledAfter !== null || settledBefore !== null;
}

/**
 * A subquery for the first `limit` outcomes with a status of a failure.
 *
 * The array of one element and the status in the order keep the planner at the index of failures. With `status =`, the primary
 * key would have the order too, and looks cheaper for a status that is frequent in the table and rare within the bounds.
 *
 * @param inBounds conditions on o.
 */
export function selectExceptions(
  status: Exception,
  inBounds: Prisma.Sql,
  { order }: Direction,
  limit: Prisma.Sql,
): Prisma.Sql {
  return Prisma.sql`(
    SELECT o.* FROM outcome o
    WHERE o.status = ANY (${EXCEPTIONS[status]}) AND ${inBounds}
    ORDER BY o.status ${order}, o.target_id ${order}, o.account_id ${order}
    LIMIT ${limit})`;
}

/** The condition that the outcome o has ended for one of the reasons and between the times; null without both. */
export function endedCondition(conditions: OutcomeConditions): Prisma.Sql | null {
  const { reasonCodes, settledAfter, settledBefore } = conditions;
  return allOf(
    isOneOf(Prisma.sql`o.reason_code`, reasonCodes, 'reason_code'),
    isBetween(Prisma.sql`o.settled_at`, settledAfter, settledBefore),
  );
}

/** The condition that the outcome o has one of the statuses; null: any. */
export function statusCondition({ statuses }: OutcomeConditions): Prisma.Sql | null {
  return isOneOf(Prisma.sql`o.status`, statuses, 'outcome_status');
}

/** The condition that the target of the outcome o, read by primary key, has one of the operations; null: any. */
export function operationCondition({ operations }: OutcomeConditions): Prisma.Sql | null {
  const operation = Prisma.sql`(SELECT t.operation FROM target t WHERE t.id = o.target_id)`;
  return isOneOf(operation, operations, 'membership_operation');
}

/** The condition that the outcome o follows the bound of the page. */
export function followsBound({ bound, direction }: OutcomeRange): Prisma.Sql {
  return Prisma.sql`(o.target_id, o.account_id) ${direction.follows} (${bound.targetId}::bigint, ${bound.accountId})`;
}

function distinct<Value>(values: readonly Value[] | null | undefined): readonly Value[] | null {
  return values == null ? null : [...new Set(values)];
}
