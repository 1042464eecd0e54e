import { Prisma, type PrismaClient } from '../../generated/client.js';
import { REMOVING_OPERATIONS, type TargetAddress } from '../../membership.js';
import type { RecordedRemovals, RemovedAccounts } from '../../ports/removals.js';
import { literals } from '../sql/literals.js';

/** The class of the advisory locks on lanes, one for each lane in which removals are counted. */
const REMOVALS_OF_LANE = 1_919_247_981;

/** The removals on record. */
export function createRecordedRemovals(
  prisma: PrismaClient,
  laneIdOf: (target: TargetAddress) => number,
): RecordedRemovals {
  return {
    async withinDay(target, { operation, named, counted, listedAt }) {
      // A disassociated account is still on the list of entries, which a deletion counts.
      const isOffList =
        operation === 'DELETE_MEMBERS' ? Prisma.sql`r.operation = 'DELETE_MEMBERS'` : Prisma.sql`true`;
      const [row] = await prisma.$queryRaw<[RemovedAccounts]>(Prisma.sql`
        SELECT count(*)::int AS others,
          count(*) FILTER (WHERE account_id = ANY (${[...named]}::text[]))::int AS named,
          count(*) FILTER (WHERE is_gone)::int AS gone
        FROM (
          SELECT r.account_id,
            bool_or(${isOffList} AND r.settled_at <= COALESCE(${listedAt}::timestamptz, now())) AS is_gone
          FROM ${removalsWithinDay(Prisma.sql`${laneIdOf(target)}::int`)} r
          WHERE r.account_id <> ALL (${[...counted]}::text[])
          GROUP BY r.account_id
        ) others`);
      return row;
    },
  };
}

/**
 * A subquery: the outcomes of removals in a lane that were PROCESSED within a day or are open, with columns operation,
 * account_id and settled_at. An account may be in it several times.
 *
 * Reads the targets that settled since yesterday, by `settled_day`, and those of unfinished requests, by `request_open_idx`,
 * and does not grow with the record.
 */
export function removalsWithinDay(laneId: Prisma.Sql): Prisma.Sql {
  const operations = literals(REMOVING_OPERATIONS);
  return Prisma.sql`(
    SELECT t.operation, o.account_id, o.settled_at
    FROM (
      SELECT t.id, t.operation FROM target t
      WHERE t.lane_id = ${laneId} AND t.operation IN (${operations})
        AND t.id >= (
          SELECT min(first_target_id) FROM settled_day
          WHERE lane_id = ${laneId} AND day >= (now() AT TIME ZONE 'UTC')::date - 1
        )
        AND t.last_settled_at > now() - interval '1 day'
      UNION
      SELECT t.id, t.operation FROM request r JOIN target t ON t.request_id = r.id AND t.lane_id = ${laneId}
      WHERE r.finished_at IS NULL AND r.operation IN (${operations})
    ) t
    CROSS JOIN LATERAL (
      SELECT account_id, settled_at FROM outcome
      WHERE target_id = t.id AND status = 'PROCESSED' AND settled_at > now() - interval '1 day'
      UNION ALL
      SELECT account_id, settled_at FROM open_outcome WHERE target_id = t.id AND lane_id::bigint = ${laneId}
    ) o
  )`;
}

/** A limit of one lane, as it is stored with a confirmation. */
export interface LaneLimit {
  readonly laneId: number;
  readonly accounts: number;
}

/**
 * Whether the removals of a day, with the one that this transaction has inserted, are within the limits of their lanes.
 *
 * Race: of two removals in one lane the second waits for the lock until the first has committed, and then counts its
 * accounts. The lock is taken in a statement of its own: a statement does not see what was committed while it waited.
 */
export async function areWithinLimits(
  tx: Prisma.TransactionClient,
  limits: readonly LaneLimit[],
): Promise<boolean> {
  if (limits.length === 0) {
    return true;
  }
  const laneIds = limits.map(({ laneId }) => laneId).toSorted((a, b) => a - b);
  await tx.$queryRaw`
    SELECT pg_advisory_xact_lock(${REMOVALS_OF_LANE}::int, id)::text FROM unnest(${laneIds}::int[]) AS lane (id)`;
  const [row] = await tx.$queryRaw<[{ exceeded: boolean }]>(Prisma.sql`
    SELECT EXISTS (
      SELECT FROM unnest(
        ${limits.map(({ laneId }) => laneId)}::int[], ${limits.map(({ accounts }) => accounts)}::int[]
      ) AS bound (lane_id, accounts)
      WHERE bound.accounts < (
        SELECT count(DISTINCT account_id) FROM ${removalsWithinDay(Prisma.sql`bound.lane_id`)} r
      )
    ) AS exceeded`);
  return !row.exceeded;
}
