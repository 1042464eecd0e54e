import { Prisma } from '../../generated/client.js';
import type { NewRequest, NewRetry } from '../../ports/requests.js';
import { LANE_WAKE_CHANNEL } from '../connection/replicaConnection.js';
import { ALL_HANDED_OUT } from '../sql/handedOut.js';
import { ORIGIN_COLUMNS, originValues } from './requestOrigin.js';

/** The INSERTs that a new request and a retry have in common, with their columns in one place. */

/** The columns of `request`: those of `callerValues` first. */
export const INSERT_REQUEST = Prisma.sql`
  INSERT INTO request (
    id, caller_id, caller_name, caller_kind, note, idempotency_key, holds_key, input_hash, ${ORIGIN_COLUMNS},
    operation, administrator, message, disable_email_notification, follow_up_days, already_member, retry_of,
    open_targets, total
  )`;

/** The values that come from the caller, as the first columns of INSERT_REQUEST. */
export function callerValues({
  id,
  caller,
  note,
  idempotencyKey,
  inputHash,
}: NewRequest | NewRetry): Prisma.Sql {
  return Prisma.sql`
    ${id}::uuid, ${caller.id}, ${caller.name ?? null}, ${caller.kind}::actor_kind, ${note}, ${idempotencyKey},
    ${idempotencyKey !== null}::boolean, ${inputHash}, ${originValues(caller)}`;
}

/** The tail of INSERT_REQUEST: the new row, or no row if a request of the caller holds the idempotency key. */
export const UNLESS_KEY_IS_HELD = Prisma.sql`
  ON CONFLICT (caller_id, caller_kind, operation, idempotency_key) WHERE holds_key DO NOTHING
  RETURNING id, operation, follow_up_days`;

export const INSERT_ACCOUNTS = Prisma.sql`INSERT INTO request_account (request_id, account_id, email)`;

export const INSERT_TARGETS = Prisma.sql`
  INSERT INTO target (request_id, lane_id, operation, batch_key, detector_id, detector_pinned, total, pending, handed_out_to)`;

/**
 * `handed_out_to` of a new target. The accounts of a large request are handed out in order, which needs no row for each of
 * them. Those of a request that fits in a call are queued one by one, so that a claim finds them among any number of requests;
 * so are those of a target that has not all accounts of its request.
 */
export function handedOutTo(isInOrder: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`CASE WHEN ${isInOrder} THEN '' ELSE ${ALL_HANDED_OUT} END`;
}

export const INSERT_QUEUED = Prisma.sql`INSERT INTO queued_account (target_id, account_id, lane_id, due_at, call_ids)`;

/** The CTE that has the members of each new target followed. Reads the CTEs `inserted` and `targets`. */
export const FOLLOW_UPS = Prisma.sql`
  follow_ups AS (
    INSERT INTO follow_up (target_id, until)
    SELECT targets.id, now() + make_interval(days => inserted.follow_up_days) FROM inserted CROSS JOIN targets
    WHERE inserted.follow_up_days IS NOT NULL
  )`;

/**
 * The CTE `lanes (id, holder, replica)` of a statement that inserts targets: the lanes that meet the condition.
 *
 * Race: the rows are locked against `releaseLane` until the transaction commits. A worker that releases its lane
 * meanwhile waits, sees the new targets, and keeps the lane. So a lane with a holder needs no job; if its worker dies,
 * the job of that worker goes to another. `releaseLane` locks its row FOR UPDATE before it updates it: after a plain
 * UPDATE, FOR KEY SHARE would not wait and would still read the former holder, and the targets would wait for the sweep.
 */
export function lockedLanes(condition: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    lanes AS MATERIALIZED (
      SELECT id, holder, replica FROM lane WHERE ${condition} ORDER BY id FOR KEY SHARE
    )`;
}

/** How an insert may run: the replica that it runs in, and whether it writes nothing when one of its lanes has no holder. */
export interface InsertMode {
  readonly replica: string;
  readonly onlyIfHeld: boolean;
}

/** The condition under which a statement with `lanes` inserts the request. */
export function mayInsert({ onlyIfHeld }: InsertMode): Prisma.Sql {
  return Prisma.sql`NOT (${onlyIfHeld}::boolean AND EXISTS (SELECT FROM lanes WHERE holder IS NULL))`;
}

/**
 * The tail of such a statement. Returns the lanes without a holder, which need a job, and those that this replica holds, which it
 * wakes by itself after the commit. The others are woken at commit.
 */
export function insertedLanes({ replica }: InsertMode): Prisma.Sql {
  return Prisma.sql`
    SELECT ARRAY(SELECT id FROM lanes WHERE holder IS NULL) AS idle,
      ARRAY(SELECT id FROM lanes WHERE replica = ${replica}::uuid) AS own,
      (
        SELECT pg_notify(${LANE_WAKE_CHANNEL}, string_agg(id::text, ',')) FROM lanes
        WHERE replica IS DISTINCT FROM ${replica}::uuid HAVING count(*) > 0
      )::text AS woken
    FROM inserted`;
}
