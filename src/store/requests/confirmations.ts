import { Prisma, type PrismaClient } from '../../generated/client.js';
import type { Caller, TargetAddress } from '../../membership.js';
import type { Confirmation, ConfirmationStore, NotConfirmedReason } from '../../ports/confirmations.js';
import type { LaneLimit } from './removals.js';

/** How long an expired confirmation is stored, in seconds: until then its caller learns that it has expired. */
const EXPIRED_RETENTION_SECONDS = 86_400;

/** Confirmations in PostgreSQL: every replica accepts the tokens of every other. */
export function createConfirmationStore(
  prisma: PrismaClient,
  laneIdOf: (target: TargetAddress) => number,
): ConfirmationStore {
  return {
    async grant(caller, { tokenHash, boundHash }, { seconds, limits }) {
      const [row] = await prisma.$queryRaw<[{ expiresAt: Date }]>`
        INSERT INTO removal_confirmation (
          token_hash, caller_id, caller_kind, bound_hash, expires_at, lane_ids, lane_limits
        )
        VALUES (${tokenHash}::bytea, ${caller.id}, ${caller.kind}::actor_kind, ${boundHash},
          now() + make_interval(secs => ${seconds}::float8),
          ${limits.map(({ target }) => laneIdOf(target))}::int[], ${limits.map(({ accounts }) => accounts)}::int[])
        RETURNING expires_at AS "expiresAt"`;
      return row.expiresAt;
    },
  };
}

/**
 * Uses a confirmation up, in the transaction that inserts its removal. Returns its limits; null if it is not valid.
 *
 * Race: of two removals with one confirmation, the second waits here until the first commits, and then finds it used.
 */
export async function useConfirmation(
  tx: Prisma.TransactionClient,
  caller: Caller,
  { tokenHash, boundHash }: Confirmation,
): Promise<LaneLimit[] | null> {
  const [used] = await tx.$queryRaw<{ laneIds: number[]; limits: number[] }[]>`
    UPDATE removal_confirmation SET used_at = now()
    WHERE token_hash = ${tokenHash}::bytea AND ${ofCaller(caller)} AND bound_hash = ${boundHash}
      AND used_at IS NULL AND expires_at > now()
    RETURNING lane_ids AS "laneIds", lane_limits AS limits`;
  return used?.laneIds.map((laneId, index) => ({ laneId, accounts: used.limits[index] ?? 0 })) ?? null;
}

/** Why a confirmation is not valid. One of another caller is UNKNOWN. */
export async function whyNotConfirmed(
  prisma: PrismaClient,
  caller: Caller,
  { tokenHash, boundHash }: Confirmation,
): Promise<NotConfirmedReason> {
  const [row] = await prisma.$queryRaw<{ reason: NotConfirmedReason }[]>`
    SELECT CASE
      WHEN bound_hash <> ${boundHash} THEN 'OTHER_INPUT'
      WHEN used_at IS NOT NULL THEN 'USED'
      ELSE 'EXPIRED'
    END AS reason
    FROM removal_confirmation WHERE token_hash = ${tokenHash}::bytea AND ${ofCaller(caller)}`;
  return row?.reason ?? 'UNKNOWN';
}

/** Deletes confirmations that expired a day ago. */
export async function forgetConfirmations(prisma: PrismaClient): Promise<void> {
  await prisma.$executeRaw`
    DELETE FROM removal_confirmation WHERE expires_at < now() - make_interval(secs => ${EXPIRED_RETENTION_SECONDS}::float8)`;
}

function ofCaller({ id, kind }: Caller): Prisma.Sql {
  return Prisma.sql`caller_id = ${id} AND caller_kind = ${kind}::actor_kind`;
}
