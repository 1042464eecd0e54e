import type { HistoryStore } from '../../ports/history.js';
import type { GatewayPrisma } from '../connection/client.js';
import { createCallReads } from './pages/historyCalls.js';
import { createOutcomeReads } from './pages/historyOutcomes.js';
import { createRequestReads } from './pages/historyRequests.js';
import { createOutcomesAsText } from './pages/outcomesAsText.js';
import { createStatisticsReads } from './statistics.js';
import { WALK_LIMITS, type WalkLimits } from './pages/boundedPage.js';

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
