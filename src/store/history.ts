import type { PrismaClient } from '../generated/client.js';
import type { HistoryStore } from '../ports/history.js';
import { createCallReads } from './historyCalls.js';
import { createOutcomeReads } from './historyOutcomes.js';
import { createRequestReads } from './historyRequests.js';
import { createStatisticsReads } from './statistics.js';

/** The reads of the record. */
export function createHistoryStore(prisma: PrismaClient): HistoryStore {
  return {
    ...createRequestReads(prisma),
    ...createOutcomeReads(prisma),
    ...createCallReads(prisma),
    ...createStatisticsReads(prisma),
  };
}
