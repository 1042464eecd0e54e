import type { PrismaClient } from '../../generated/client.js';
import type { SecurityService, TargetAddress } from '../../membership.js';
import type { Rate } from '../../ports/laneRecord.js';
import type { LaneState, LaneStates } from '../../ports/laneStates.js';
import { SECONDS_TO_FULL_BURST } from './laneQuota.js';

/** How many of a lane's newest calls are searched for throttling: some seconds of a busy lane. */
const CALLS_CONSIDERED = 100;

/** The lanes, their rates, and the errors that mean throttling. */
export interface LaneStateOptions {
  readonly laneIdOf: (target: TargetAddress) => number;
  readonly rates: Readonly<Record<SecurityService, Rate>>;
  /** Exception names of the services. */
  readonly throttlingErrors: readonly string[];
  /** Refusals by a quota, which have the name and status of throttling; `errorMessage` is a regular expression. */
  readonly quotaRefusal: { readonly errorCode: string; readonly errorMessage: string };
}

/** Reads the states of lanes from the record. */
export function createLaneStates(
  prisma: PrismaClient,
  { laneIdOf, rates, throttlingErrors, quotaRefusal }: LaneStateOptions,
): LaneStates {
  return {
    async of(targets) {
      const rows = await readLanes(prisma, targets.map(laneIdOf), { throttlingErrors, quotaRefusal });
      const byId = new Map(rows.map((row) => [row.id, row]));
      return targets.map((target) => {
        const row = byId.get(laneIdOf(target));
        if (row === undefined) {
          throw new Error(`the lane of ${target.service} in ${target.region} is gone`);
        }
        const { perSecond, burst } = rates[target.service];
        const { lastCallId, throttledAt, at } = row;
        return {
          requestsLeft: Math.max(0, burst - row.secondsToFullBurst * perSecond),
          lastCallId,
          throttledAt,
          at,
        };
      });
    },
  };
}

type LaneRow = Omit<LaneState, 'requestsLeft'> & { readonly id: number; readonly secondsToFullBurst: number };

function readLanes(
  prisma: PrismaClient,
  laneIds: readonly number[],
  { throttlingErrors, quotaRefusal }: Pick<LaneStateOptions, 'throttlingErrors' | 'quotaRefusal'>,
): Promise<LaneRow[]> {
  return prisma.$queryRaw<LaneRow[]>`
    SELECT lane.id, ${SECONDS_TO_FULL_BURST} AS "secondsToFullBurst", clock_timestamp() AS at,
      (SELECT c.id::text FROM call c WHERE c.lane_id = lane.id ORDER BY c.id DESC LIMIT 1) AS "lastCallId",
      (
        SELECT max(recent.finished_at) FROM (
          SELECT c.finished_at, c.http_status, c.error_code, c.error_message FROM call c
          WHERE c.lane_id = lane.id ORDER BY c.id DESC LIMIT ${CALLS_CONSIDERED}::int
        ) recent
        WHERE (recent.http_status = 429 OR recent.error_code = ANY (${[...throttlingErrors]}::text[]))
          AND NOT COALESCE(
            recent.error_code = ${quotaRefusal.errorCode} AND recent.error_message ~* ${quotaRefusal.errorMessage}, false
          )
      ) AS "throttledAt"
    FROM lane WHERE lane.id = ANY (${[...laneIds]}::int[])
  `;
}
