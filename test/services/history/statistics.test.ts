import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.js';
import { LOCAL_CALLER } from '../../../src/membership.js';
import type { StatisticsRow } from '../../../src/ports/history.js';
import { createStatistics } from '../../../src/services/history/statistics.js';
import { createMemoryHistory } from './memoryHistory.js';

const ROW: StatisticsRow = {
  operation: null,
  service: null,
  region: null,
  administrator: null,
  status: null,
  reasonCode: null,
  requestedBy: null,
  from: null,
  outcomes: 1_000_000,
};

/** Statistics over a record for which PostgreSQL expects these costs, and a caller with this number of points. */
function statisticsFor(costs: { outcomes: number; accounts: number }, budget: number) {
  const charged: number[] = [];
  const reads: string[] = [];
  const service = createStatistics(
    {
      ...createMemoryHistory(),
      statisticsCost: async (count) => costs[count],
      statistics: async () => {
        reads.push('outcomes');
        return [ROW, { ...ROW, service: 'GUARDDUTY' }];
      },
      statisticsAccounts: async () => {
        reads.push('accounts');
        return [];
      },
    },
    async (_caller, points) => {
      if (points > budget) {
        throw new GatewayError('RATE_LIMITED', 'the budget is spent');
      }
      charged.push(points);
    },
  );
  return { charged, reads, run: () => service.statistics(LOCAL_CALLER, ['SERVICE'], {}) };
}

describe('statistics', () => {
  it('cost what PostgreSQL expects, and distinct accounts once for all rows', async () => {
    const { charged, reads, run } = statisticsFor({ outcomes: 12.3, accounts: 169_553 }, 1_000_000);
    const rows = await run();
    expect(charged).toEqual([13]);
    await Promise.all(rows.map((row) => row.accounts()));
    expect(charged).toEqual([13, 169_553]);
    expect(reads).toEqual(['outcomes', 'accounts']);
  });

  it('read nothing when the budget has fewer points', async () => {
    const { reads, run } = statisticsFor({ outcomes: 12, accounts: 2_000 }, 1_000);
    const [row] = await run();
    await expect(row!.accounts()).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(reads).toEqual(['outcomes']);
    const spent = statisticsFor({ outcomes: 12, accounts: 2_000 }, 1);
    await expect(spent.run()).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(spent.reads).toEqual([]);
  });

  it('never cost more than a part of the default budget, for any expectation of PostgreSQL', async () => {
    const { charged, run } = statisticsFor({ outcomes: 1e12, accounts: 0 }, 1_000_000);
    await run();
    expect(charged).toEqual([300_000]);
  });
});
