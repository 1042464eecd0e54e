import type { HistoryStore } from '../ports/history.js';
import type { GatewayPrisma } from './connection/client.js';
import { createCallReads } from './historyCalls.js';
import { createOutcomeReads } from './historyOutcomes.js';
import { createRequestReads } from './historyRequests.js';
import { createOutcomesAsText } from './outcomesAsText.js';
import { createStatisticsReads } from './statistics.js';
import { WALK_LIMITS, type WalkLimits } from './walk.js';

/** The reads of the record. */
export function createHistoryStore(prisma: GatewayPrisma, limits: WalkLimits = WALK_LIMITS): HistoryStore {
  return {
    ...createRequestReads(prisma, limits),
    ...createOutcomeReads(prisma, limits),
    outcomesAsText: createOutcomesAsText(prisma, limits),
    ...createCallReads(prisma, limits),
    ...createStatisticsReads(prisma),
  };
}
