import { Prisma } from '../../../generated/client.js';
import {
  type MembershipOperation,
  OUTCOME_STATUSES,
  type OutcomeStatus,
  type ReasonCode,
} from '../../../membership.js';
import type { OutcomeFilter } from '../../../ports/history.js';
import { allOf } from '../../sql/plannerHints.js';
import type { OutcomeKey } from '../../sql/cursors.js';
import type { Direction } from '../../sql/direction.js';
import { isBetween } from '../../sql/timeBounds.js';

/** What narrows outcomes, but for requests, accounts and lanes. */
export interface OutcomeConditions {
  /** Distinct; null: any. */
  readonly statuses: readonly OutcomeStatus[] | null;
  /** Distinct; null: any, or none. */
  readonly reasonCodes: readonly ReasonCode[] | null;
  /** Distinct; null: any. */
  readonly operations: readonly MembershipOperation[] | null;
  readonly settledAfter: Date | null;
  readonly settledBefore: Date | null;
}

/** A part of a list of outcomes, newest first: by (target_id, account_id) descending, the primary key read backwards. */
export interface OutcomeRange extends OutcomeConditions {
  /** The row it begins behind. */
  readonly bound: OutcomeKey;
  readonly direction: Direction;
  /** Rows to read: one more than a page shows. */
  readonly limit: number;
}

/** A status that `outcome_exception_idx` holds: something went wrong. */
export type Exception = Extract<OutcomeStatus, 'UNPROCESSED' | 'FAILED' | 'CANCELED'>;

// Written out and no parameters, so that any plan can tell that the index holds them.
const EXCEPTIONS: Record<Exception, Prisma.Sql> = {
  UNPROCESSED: Prisma.sql`'{UNPROCESSED}'`,
  FAILED: Prisma.sql`'{FAILED}'`,
  CANCELED: Prisma.sql`'{CANCELED}'`,
};

/** Whether the index of what went wrong holds the status. */
export function isException(status: OutcomeStatus): status is Exception {
  return status in EXCEPTIONS;
}

const SETTLED: readonly OutcomeStatus[] = ['PROCESSED', 'UNPROCESSED', 'FAILED', 'CANCELED'];
const WITH_REASON: readonly OutcomeStatus[] = ['UNPROCESSED', 'FAILED'];

/** The conditions of a filter, each of its lists without repetitions, and without statuses that the others rule out. */
export function toConditions(filter: OutcomeFilter): OutcomeConditions {
  const reasonCodes = distinct(filter.reasonCodes);
  const isTimed = filter.settledAfter != null || filter.settledBefore != null;
  const possible = reasonCodes ? WITH_REASON : isTimed ? SETTLED : OUTCOME_STATUSES;
  return {
    statuses: distinct(filter.statuses)?.filter((status) => possible.includes(status)) ?? null,
    reasonCodes,
    operations: distinct(filter.operations),
    settledAfter: filter.settledAfter ?? null,
    settledBefore: filter.settledBefore ?? null,
  };
}

/** Whether the range is narrowed by when outcomes settled. */
export function isTimed({ settledAfter, settledBefore }: OutcomeConditions): boolean {
  return settledAfter !== null || settledBefore !== null;
}

/**
 * The first `most` outcomes with the status, of those that fulfil `within`: conditions on o.
 * An array of one, and the status first in the order: with `=`, and the status left out, reading the primary key
 * would do as well, and looks cheaper where the status is common as a whole and rare in the bounds.
 */
export function firstExceptions(
  status: Exception,
  within: Prisma.Sql,
  { order }: Direction,
  most: Prisma.Sql,
): Prisma.Sql {
  return Prisma.sql`(
    SELECT o.* FROM outcome o
    WHERE o.status = ANY (${EXCEPTIONS[status]}) AND ${within}
    ORDER BY o.status ${order}, o.target_id ${order}, o.account_id ${order}
    LIMIT ${most})`;
}

/** The condition that the outcome o ended for one of the reasons, in the time asked for; null: none is asked for. */
export function endedSo(range: OutcomeConditions): Prisma.Sql | null {
  const { reasonCodes, settledAfter, settledBefore } = range;
  const hasReason = reasonCodes && Prisma.sql`o.reason_code = ANY (${[...reasonCodes]}::reason_code[])`;
  return allOf(hasReason, isBetween(Prisma.sql`o.settled_at`, settledAfter, settledBefore));
}

/** The condition that the outcome has one of the statuses. */
export function hasStatus(statuses: readonly OutcomeStatus[] | null): Prisma.Sql | null {
  return statuses && Prisma.sql`o.status = ANY (${[...statuses]}::outcome_status[])`;
}

/** The condition that the target of o, found by primary key, is of one of the operations. */
export function isOfOperation({ operations }: OutcomeConditions): Prisma.Sql | null {
  return (
    operations &&
    Prisma.sql`(SELECT t.operation FROM target t WHERE t.id = o.target_id) = ANY (${[...operations]}::membership_operation[])`
  );
}

function distinct<Value>(values: readonly Value[] | null | undefined): readonly Value[] | null {
  return values == null ? null : [...new Set(values)];
}
