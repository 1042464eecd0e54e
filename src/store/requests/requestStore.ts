import { Prisma } from '../../generated/client.js';
import { ACCOUNTS_PER_CALL, type TargetAddress } from '../../membership.js';
import type { NewRequest, NewRetry, RequestStore } from '../../ports/requests.js';
import type { GatewayPrisma } from '../connection/client.js';
import { useConfirmation, whyNotConfirmed } from './confirmations.js';
import {
  callerValues,
  FOLLOW_UPS,
  handedOutTo,
  INSERT_ACCOUNTS,
  INSERT_QUEUED,
  INSERT_REQUEST,
  INSERT_TARGETS,
  insertedLanes,
  type InsertMode,
  lockedLanes,
  mayInsert,
  UNLESS_KEY_IS_HELD,
} from './insertColumns.js';
import { findByKey, insertRequest, type Insert, type OwnLanes } from './insertRequest.js';
import { areWithinLimits } from './removals.js';
import { retryStatement } from './retryStore.js';

/** The lane of a target. */
export type LaneIdOf = (address: TargetAddress) => number;

/**
 * The store that inserts requests.
 *
 * @param mostQueued accounts up to which a request is queued one by one. A larger one is handed out in order, without a row for
 *   each account at each target.
 */
export function createRequestStore(
  prisma: GatewayPrisma,
  laneIdOf: LaneIdOf,
  own: OwnLanes,
  mostQueued = ACCOUNTS_PER_CALL,
): RequestStore {
  const statementOf = (request: NewRequest | NewRetry): Insert['statement'] => {
    if ('retryOf' in request) {
      return (mode) => retryStatement(request, mode, mostQueued);
    }
    const laneIds = request.targets.map(laneIdOf);
    return (mode) => requestStatement(request, laneIds, mode, mostQueued);
  };
  return {
    findByKey: (request) => findByKey(prisma, request),
    insert: (request) => insertRequest(prisma, own, { request, statement: statementOf(request) }),
    async insertRemoval(request, allowedBy) {
      const { caller } = request;
      const confirm = async (tx: Prisma.TransactionClient): Promise<void> => {
        const limits =
          'tokenHash' in allowedBy
            ? await useConfirmation(tx, caller, allowedBy)
            : allowedBy.map(({ target, accounts }) => ({ laneId: laneIdOf(target), accounts }));
        if (limits === null || !(await areWithinLimits(tx, limits))) {
          throw new Unconfirmed(limits === null ? 'CONFIRMATION' : 'LIMITS');
        }
      };
      try {
        return await insertRequest(prisma, own, { request, statement: statementOf(request), confirm });
      } catch (error) {
        if (!(error instanceof Unconfirmed)) {
          throw error;
        }
        const isInvalid = error.why === 'CONFIRMATION' && 'tokenHash' in allowedBy;
        return { notConfirmed: isInvalid ? await whyNotConfirmed(prisma, caller, allowedBy) : 'SHARE_USED' };
      }
    },
  };
}

/** Rolls back a removal whose confirmation is not valid, or that exceeds its limits. */
class Unconfirmed extends Error {
  constructor(readonly why: 'CONFIRMATION' | 'LIMITS') {
    super(`not confirmed: ${why}`);
  }
}

/** Inserts a request with its accounts, its targets, and what is queued of them: no row for each account at each target. */
function requestStatement(
  request: NewRequest,
  laneIds: readonly number[],
  mode: InsertMode,
  mostQueued: number,
): Prisma.Sql {
  const { accounts, targets } = request;
  const isInOrder = Prisma.sql`${accounts.length > mostQueued}::boolean`;
  // Texts: of an array, Prisma and pg look at each element, which takes 25 ms for 10,000 accounts.
  const accountIds = JSON.stringify(accounts.map(({ accountId }) => accountId));
  const emails = JSON.stringify(accounts.map(({ email }) => email));
  return Prisma.sql`
    /* prepared: insert_request */
    WITH ${lockedLanes(Prisma.sql`id = ANY (${laneIds}::int[])`)},
    inserted AS (
      ${INSERT_REQUEST}
      SELECT
        ${callerValues(request)},
        ${request.operation}::membership_operation, ${request.administrator}, ${request.message}::text,
        ${request.disableEmailNotification}::boolean, ${request.followUpDays ?? null}::int,
        ${request.alreadyMember ?? null}::outcome_status, NULL,
        ${laneIds.length}::int, ${laneIds.length * accounts.length}::int
      WHERE ${mayInsert(mode)}
      ${UNLESS_KEY_IS_HELD}
    ),
    account_input AS MATERIALIZED (
      SELECT account_id, email
      FROM ROWS FROM (json_array_elements_text(${accountIds}::json), json_array_elements_text(${emails}::json))
        AS account_input (account_id, email)
    ),
    accounts AS (
      ${INSERT_ACCOUNTS}
      SELECT inserted.id, account_input.account_id, account_input.email FROM inserted CROSS JOIN account_input
    ),
    targets AS (
      ${INSERT_TARGETS}
      SELECT inserted.id, target_input.lane_id, inserted.operation, target_input.batch_key,
        NULLIF(target_input.detector_id, ''), target_input.detector_id <> '',
        ${accounts.length}::int, ${accounts.length}::int, ${handedOutTo(isInOrder)}
      FROM inserted CROSS JOIN unnest(
        ${laneIds}::int[],
        ${targets.map((target) => target.batchKey)}::text[],
        ${targets.map((target) => target.detectorId ?? '')}::text[]
      ) AS target_input (lane_id, batch_key, detector_id)
      RETURNING id, lane_id
    ),
    queued AS (
      ${INSERT_QUEUED}
      SELECT targets.id, account_input.account_id, targets.lane_id, now(), '{}' FROM targets CROSS JOIN account_input
      WHERE NOT ${isInOrder}
    ),
    ${FOLLOW_UPS}
    ${insertedLanes(mode)}
  `;
}
