import type { HistoryStore } from '../../ports/history.js';
import type { GatewayPrisma } from '../connection/client.js';
import { createCallReads } from './pages/callReads.js';
import { SCAN_LIMITS, type ScanLimits } from './pages/keysetList.js';
import { createOutcomeReads } from './pages/outcomeReads.js';
import { createOutcomesAsText } from './pages/outcomesAsText.js';
import { createRequestReads } from './pages/requestReads.js';
import { createStatisticsReads } from './statistics.js';

/** The reads of the record. */
export function createHistoryStore(prisma: GatewayPrisma, limits: ScanLimits = SCAN_LIMITS): HistoryStore {
  return {
    ...createRequestReads(prisma, limits),
    ...createOutcomeReads(prisma, limits),
    outcomesAsText: createOutcomesAsText(prisma, limits),
    ...createCallReads(prisma, limits),
    ...createStatisticsReads(prisma),
  };
}
