import { Prisma, type PrismaClient } from '../../generated/client.js';
import type { TargetAddress } from '../../membership.js';
import type { NewRequest, RequestStore } from '../../ports/requests.js';
import { ORIGIN_COLUMNS, originValues } from './requestOrigin.js';
import { useConfirmation, whyNotConfirmed } from './confirmations.js';
import { acceptRequest, lockedLanes, WAKE_LANES, type EnqueueLanes } from './insertRequest.js';

/** How a target names its lane. */
export type LaneIdOf = (address: TargetAddress) => number;

/** The store that takes requests in. */
export function createRequestStore(
  prisma: PrismaClient,
  laneIdOf: LaneIdOf,
  enqueue: EnqueueLanes,
): RequestStore {
  const lanesOf = ({ targets }: NewRequest): number[] => targets.map(laneIdOf);
  return {
    accept: (request) => acceptRequest(prisma, enqueue, request, insertRequest(request, lanesOf(request))),
    async acceptConfirmed(request, confirmation) {
      const { caller } = request;
      const statement = insertRequest(request, lanesOf(request));
      try {
        return await acceptRequest(prisma, enqueue, request, statement, async (tx) => {
          if (!(await useConfirmation(tx, caller, confirmation))) {
            throw new Unconfirmed();
          }
        });
      } catch (error) {
        if (!(error instanceof Unconfirmed)) {
          throw error;
        }
        return { notConfirmed: await whyNotConfirmed(prisma, caller, confirmation) };
      }
    },
  };
}

/** Rolls back a request whose confirmation is no good. */
class Unconfirmed extends Error {}

/** Writes a request with an outcome for every account at every target. */
function insertRequest(request: NewRequest, laneIds: readonly number[]): Prisma.Sql {
  const { accounts } = request;
  return Prisma.sql`
    /* prepared: accept_request */
    WITH ${lockedLanes(Prisma.sql`id = ANY (${laneIds}::int[])`)},
    taken AS (
      INSERT INTO request (
        id, operation, administrator, caller_id, caller_kind, note, idempotency_key, holds_key, input_hash,
        message, disable_email_notification, follow_up_days, open_targets, total,
        ${ORIGIN_COLUMNS}
      ) VALUES (
        ${request.id}::uuid, ${request.operation}::membership_operation, ${request.administrator},
        ${request.caller.id}, ${request.caller.kind}::actor_kind, ${request.note}, ${request.idempotencyKey},
        ${request.idempotencyKey !== null}::boolean, ${request.inputHash}, ${request.message}, ${request.disableEmailNotification}::boolean,
        ${request.followUpDays ?? null}::int, ${laneIds.length}::int, ${laneIds.length * accounts.length}::int, ${originValues(request.caller)}
      )
      ON CONFLICT (caller_id, caller_kind, operation, idempotency_key) WHERE holds_key DO NOTHING
      RETURNING id
    ),
    asked AS MATERIALIZED (
      SELECT account_id, NULLIF(email, '') AS email
      FROM unnest(
        ${accounts.map((account) => account.accountId)}::text[],
        ${accounts.map((account) => account.email ?? '')}::text[]
      ) AS asked (account_id, email)
    ),
    accounts AS (
      INSERT INTO request_account (request_id, account_id, email)
      SELECT taken.id, asked.account_id, asked.email FROM taken CROSS JOIN asked
    ),
    targets AS (
      INSERT INTO target (request_id, lane_id, operation, batch_key, detector_id, detector_pinned, total, pending)
      SELECT taken.id, wanted.lane_id, ${request.operation}::membership_operation, wanted.batch_key, NULLIF(wanted.detector_id, ''),
        wanted.detector_id <> '', ${accounts.length}::int, ${accounts.length}::int
      FROM taken CROSS JOIN unnest(
        ${laneIds}::int[],
        ${request.targets.map((target) => target.batchKey)}::text[],
        ${request.targets.map((target) => target.detectorId ?? '')}::text[]
      ) AS wanted (lane_id, batch_key, detector_id)
      RETURNING id, lane_id
    ),
    outcomes AS (
      INSERT INTO outcome (target_id, account_id, lane_id)
      SELECT targets.id, asked.account_id, targets.lane_id FROM targets CROSS JOIN asked
    ),
    follow_ups AS (
      INSERT INTO follow_up (target_id, until)
      SELECT id, now() + make_interval(days => ${request.followUpDays ?? null}::int) FROM targets
      WHERE ${request.followUpDays ?? null}::int IS NOT NULL
    )
    ${WAKE_LANES}
  `;
}
