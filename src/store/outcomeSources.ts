import { Prisma } from '../generated/client.js';
import type { OutcomeStatus } from '../membership.js';
import { PAST_ALL_ACCOUNTS, type OutcomeKey } from './cursors.js';

/**
 * Where a page of outcomes comes from. Every function here is a subquery that yields the `limit` newest rows of
 * `outcome` after a key, by (target_id, account_id) descending, which is the primary key read backwards, and reads
 * little more than those rows whatever the table holds and however little the planner knows about it:
 *
 * - each index range is bounded by equality on its leading columns and by the key, and has a LIMIT of its own;
 * - `COALESCE(condition, false)` keeps a condition from the planner's arithmetic. It would take the condition for
 *   so selective that sorting a whole target looks cheaper than reading it in order until the page is full.
 */
export interface OutcomeRange {
  readonly after: OutcomeKey;
  readonly limit: number;
  /** Null: any. Distinct. */
  readonly statuses: readonly OutcomeStatus[] | null;
}

/** The statuses that have an index, written out so that the planner can tell that it holds them. */
const EXCEPTIONS = {
  UNPROCESSED: Prisma.sql`'UNPROCESSED'`,
  FAILED: Prisma.sql`'FAILED'`,
  CANCELED: Prisma.sql`'CANCELED'`,
};
type Exception = keyof typeof EXCEPTIONS;

const COUNTS: Record<OutcomeStatus, Prisma.Sql> = {
  PENDING: Prisma.sql`t.pending`,
  IN_FLIGHT: Prisma.sql`t.in_flight`,
  PROCESSED: Prisma.sql`t.processed`,
  UNPROCESSED: Prisma.sql`t.unprocessed`,
  FAILED: Prisma.sql`t.failed`,
  CANCELED: Prisma.sql`t.canceled`,
};

/** Whether the index of what went wrong holds all that is wanted. */
export function areExceptions(statuses: readonly OutcomeStatus[] | null): statuses is readonly Exception[] {
  return statuses !== null && statuses.length > 0 && statuses.every((status) => status in EXCEPTIONS);
}

/**
 * Target by target. The counts of each target, which change with its outcomes, tell which targets have rows for the
 * page: the others are not looked into, and `ahead` ends the walk with the target that fills the page. `isWanted` is
 * a condition on `targets`, which stands for a relation with the columns of `target`, named t.
 */
export function fromTargets(targets: Prisma.Sql, isWanted: Prisma.Sql | null, range: OutcomeRange): Prisma.Sql {
  const { after, limit, statuses } = range;
  const matching = countOf(statuses);
  return Prisma.sql`
    SELECT o.*
    FROM (
      SELECT id, CASE WHEN id = ${after.targetId}::bigint THEN ${after.accountId} ELSE ${PAST_ALL_ACCOUNTS} END AS below,
        COALESCE(sum(matching) FILTER (WHERE id < ${after.targetId}::bigint)
          OVER (ORDER BY id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS ahead
      FROM (
        SELECT t.id, ${matching} AS matching
        FROM ${targets} AS t
        WHERE t.id <= ${after.targetId}::bigint AND ${matching} > 0 AND ${isWanted ?? Prisma.sql`true`}
        ORDER BY t.id DESC
        LIMIT ${limit + 1}::int
      ) AS candidate
    ) AS t
    CROSS JOIN LATERAL (${areExceptions(statuses) ? exceptionsOfTarget(statuses, limit) : anyOfTarget(statuses, limit)}) AS o
    WHERE t.ahead < ${limit}::int
    ORDER BY o.target_id DESC, o.account_id DESC
    LIMIT ${limit}::int`;
}

/** Target by target, some accounts of each: at most `limit` rows are read of a target, and every target is looked into. */
export function fromTargetsAndAccounts(
  targets: Prisma.Sql,
  isWanted: Prisma.Sql | null,
  accountIds: readonly string[],
  { after, limit, statuses }: OutcomeRange,
): Prisma.Sql {
  return Prisma.sql`
    SELECT o.*
    FROM ${targets} AS t
    CROSS JOIN LATERAL (
      SELECT o.* FROM outcome o
      WHERE o.target_id = t.id AND o.account_id = ANY (${[...accountIds]}::text[])
        AND o.account_id < CASE WHEN t.id = ${after.targetId}::bigint THEN ${after.accountId} ELSE ${PAST_ALL_ACCOUNTS} END
        AND ${hasStatus(statuses)}
      ORDER BY o.account_id DESC
      LIMIT ${limit}::int
    ) AS o
    WHERE t.id <= ${after.targetId}::bigint AND ${isWanted ?? Prisma.sql`true`}
    ORDER BY o.target_id DESC, o.account_id DESC
    LIMIT ${limit}::int`;
}

/** Account by account, over all requests. `isWanted` is a condition on the outcome, named o. */
export function fromAccounts(
  accountIds: readonly string[],
  isWanted: Prisma.Sql | null,
  { after, limit, statuses }: OutcomeRange,
): Prisma.Sql {
  return Prisma.sql`
    SELECT o.*
    FROM unnest(${[...accountIds]}::text[]) AS wanted (account_id)
    CROSS JOIN LATERAL (
      SELECT o.* FROM outcome o
      WHERE o.account_id = wanted.account_id
        AND o.target_id <= CASE WHEN wanted.account_id < ${after.accountId}
          THEN ${after.targetId}::bigint ELSE ${after.targetId}::bigint - 1 END
        AND ${hasStatus(statuses)} AND COALESCE(${isWanted ?? Prisma.sql`true`}, false)
      ORDER BY o.target_id DESC
      LIMIT ${limit}::int
    ) AS o
    ORDER BY o.target_id DESC, o.account_id DESC
    LIMIT ${limit}::int`;
}

/** Status by status, over all requests. `isWanted` as in `fromAccounts`. */
export function fromExceptions(
  statuses: readonly Exception[],
  isWanted: Prisma.Sql | null,
  { after, limit }: OutcomeRange,
): Prisma.Sql {
  const lists = statuses.map((status) => Prisma.sql`(
    SELECT o.* FROM outcome o
    WHERE o.status = ${EXCEPTIONS[status]} AND (o.target_id, o.account_id) < (${after.targetId}::bigint, ${after.accountId})
      AND COALESCE(${isWanted ?? Prisma.sql`true`}, false)
    ORDER BY o.target_id DESC, o.account_id DESC
    LIMIT ${limit}::int)`);
  return Prisma.sql`
    SELECT o.* FROM (${Prisma.join(lists, ' UNION ALL ')}) AS o
    ORDER BY o.target_id DESC, o.account_id DESC
    LIMIT ${limit}::int`;
}

/** What the call `callId` carried: the newest targets of it, and the accounts of each. */
export function fromCall(callId: Prisma.Sql, { after, limit }: OutcomeRange): Prisma.Sql {
  return Prisma.sql`
    SELECT o.*
    FROM (
      SELECT s.target_id, carried.account_id
      FROM (
        SELECT s.target_id, s.account_ids FROM send s
        WHERE s.call_id = ${callId} AND s.target_id <= ${after.targetId}::bigint AND cardinality(s.account_ids) > 0
        ORDER BY s.target_id DESC
        LIMIT ${limit + 1}::int
      ) AS s
      CROSS JOIN LATERAL unnest(s.account_ids) AS carried (account_id)
      WHERE (s.target_id, carried.account_id) < (${after.targetId}::bigint, ${after.accountId})
      ORDER BY s.target_id DESC, carried.account_id DESC
      LIMIT ${limit}::int
    ) AS k
    CROSS JOIN LATERAL (SELECT o.* FROM outcome o WHERE o.target_id = k.target_id AND o.account_id = k.account_id LIMIT 1) AS o`;
}

function anyOfTarget(statuses: readonly OutcomeStatus[] | null, limit: number): Prisma.Sql {
  return Prisma.sql`
    SELECT o.* FROM outcome o
    WHERE o.target_id = t.id AND o.account_id < t.below AND ${hasStatus(statuses)}
    ORDER BY o.account_id DESC
    LIMIT ${limit}::int`;
}

function exceptionsOfTarget(statuses: readonly Exception[], limit: number): Prisma.Sql {
  const lists = statuses.map((status) => Prisma.sql`(
    SELECT o.* FROM outcome o
    WHERE o.status = ${EXCEPTIONS[status]} AND o.target_id = t.id AND o.account_id < t.below
    ORDER BY o.account_id DESC
    LIMIT ${limit}::int)`);
  return Prisma.join(lists, ' UNION ALL ');
}

function hasStatus(statuses: readonly OutcomeStatus[] | null): Prisma.Sql {
  if (statuses === null) return Prisma.sql`true`;
  return Prisma.sql`COALESCE(o.status = ANY (${[...statuses]}::outcome_status[]), false)`;
}

function countOf(statuses: readonly OutcomeStatus[] | null): Prisma.Sql {
  if (statuses === null) return Prisma.sql`t.total`;
  if (statuses.length === 0) return Prisma.sql`0`;
  return Prisma.sql`(${Prisma.join(statuses.map((status) => COUNTS[status]), ' + ')})`;
}
