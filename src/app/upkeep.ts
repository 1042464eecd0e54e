import { MAX_AGE_SECONDS } from '../services/input/maxAge.js';
import { startFollowUps } from '../services/members/followUps.js';
import type { MemberReads } from '../services/members/memberReads.js';
import { startHousekeeping } from '../services/upkeep/housekeeping.js';
import { createRetention } from '../services/upkeep/retention.js';
import type { MemberCache } from '../ports/memberCache.js';
import type { InventoryObservations } from '../ports/inventory.js';
import { createFollowUpStore } from '../store/members/followUps.js';
import { forgetConfirmations } from '../store/requests/confirmations.js';
import { releaseIdempotencyKeys } from '../store/requests/idempotencyKeys.js';
import { createRetentionStore } from '../store/upkeep/retention.js';
import type { GatewayCore } from './core.js';

/** How long the record of an observation is kept, in days. The members that it found stay until a newer one is complete. */
const OBSERVATIONS_KEPT_DAYS = 30;

/** Starts the work that no caller waits for: housekeeping, and the follow-ups of invitations. */
export function startUpkeep(
  { config, database: { prisma }, lanes, process: { log, closers } }: GatewayCore,
  stores: {
    readonly memberCache: MemberCache;
    readonly observations: InventoryObservations;
    readonly memberReads: MemberReads;
  },
): void {
  const { memberCache, observations, memberReads } = stores;
  const runRetention = createRetention(createRetentionStore(prisma), config.retention, () => new Date());
  const housekeeping = startHousekeeping(
    {
      'removal confirmations': () => forgetConfirmations(prisma),
      'idempotency keys': () => releaseIdempotencyKeys(prisma, config.idempotencyHours),
      'member cache': () => memberCache.erase(MAX_AGE_SECONDS),
      observations: () => observations.erase(OBSERVATIONS_KEPT_DAYS),
      retention: () => runRetention(log),
    },
    log,
  );
  closers.add('housekeeping', () => housekeeping.stop());
  const followUps = startFollowUps({
    store: createFollowUpStore(prisma, config.followUpWaits),
    reads: memberReads,
    lanes: lanes.all,
    waits: config.followUpWaits,
    log,
  });
  closers.add('follow-ups', () => followUps.stop());
}
