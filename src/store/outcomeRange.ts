import { Prisma } from '../generated/client.js';
import type { OutcomeStatus } from '../membership.js';
import type { OutcomeKey } from './cursors.js';

/** A page of outcomes, newest first: by (target_id, account_id) descending, which is the primary key read backwards. */
export interface OutcomeRange {
  readonly after: OutcomeKey;
  /** Rows to read: one more than the page shows. */
  readonly limit: number;
  /** Distinct; null: any. */
  readonly statuses: readonly OutcomeStatus[] | null;
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

/**
 * The `limit` newest outcomes with the status, of those that fulfil `within`: bounds of (o.target_id, o.account_id).
 * An array of one, and the status first in the order: with `=`, and the status left out, reading the primary key
 * would do as well, and looks cheaper where the status is common as a whole and rare in the bounds.
 */
export function newestExceptions(status: Exception, within: Prisma.Sql, limit: number): Prisma.Sql {
  return Prisma.sql`(
    SELECT o.* FROM outcome o
    WHERE o.status = ANY (${EXCEPTIONS[status]}) AND ${within}
    ORDER BY o.status DESC, o.target_id DESC, o.account_id DESC
    LIMIT ${limit}::int)`;
}

/**
 * The condition that the outcome has one of the statuses. COALESCE keeps it from the planner's arithmetic, which would
 * take it for so selective that sorting everything looks cheaper than reading in order until the page is full.
 */
export function hasStatus(statuses: readonly OutcomeStatus[] | null): Prisma.Sql {
  if (statuses === null) return Prisma.sql`true`;
  return Prisma.sql`COALESCE(o.status = ANY (${[...statuses]}::outcome_status[]), false)`;
}
