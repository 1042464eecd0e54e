import { GatewayError } from '../../errors.js';
import type { Caller, StatisticsDimension } from '../../membership.js';
import type { HistoryStore, StatisticsGroup, StatisticsRow } from '../../ports/history.js';
import { aggregatePoints, type SpendPoints } from '../spendPoints.js';
import { type OutcomesQuery, checkOutcomeFilter } from '../input/checkFilters.js';

/** Most rows of an answer; the schema repeats it. */
const MAX_ROWS = 10_000;

/** Most outcomes of which the distinct accounts are counted. Each is read: a million takes about 1 s. */
const MAX_READ_FOR_ACCOUNTS = 2_000_000;

/** A group with its number of outcomes. `accounts` counts its distinct accounts; the first call counts those of all groups. */
export interface Statistics extends StatisticsRow {
  accounts(): Promise<number>;
}

/** Statistics of the record, limited to the administrators granted to the caller. */
export interface StatisticsService {
  statistics(
    caller: Caller,
    groupBy: readonly StatisticsDimension[],
    query: OutcomesQuery,
  ): Promise<Statistics[]>;
}

/**
 * Each aggregate is charged before it reads, by what PostgreSQL expects it to cost.
 *
 * @throws GatewayError as a rejection: `BAD_USER_INPUT` for a wrong argument, and for more rows than an answer may have;
 * `RATE_LIMITED` or `LIMIT_EXCEEDED` when the budget of the caller has fewer points.
 */
export function createStatistics(store: HistoryStore, spend: SpendPoints): StatisticsService {
  return {
    async statistics(caller, groupBy, query) {
      const filter = checkOutcomeFilter(query);
      checkGroupBy(groupBy);
      const payFor = async (count: 'outcomes' | 'accounts'): Promise<void> => {
        await spend(caller, aggregatePoints(await store.statisticsCost(count, caller, groupBy, filter)));
      };
      await payFor('outcomes');
      const rows = await store.statistics(caller, groupBy, filter, MAX_ROWS + 1);
      if (rows.length > MAX_ROWS) {
        throw new GatewayError(
          'BAD_USER_INPUT',
          `groupBy: expected groups that make at most ${MAX_ROWS} rows; group by less, or narrow the filter`,
        );
      }
      let counted: Promise<Map<string, number>> | undefined;
      const count = async (): Promise<Map<string, number>> => {
        checkReadable(rows);
        await payFor('accounts');
        const groups = await store.statisticsAccounts(caller, groupBy, filter, MAX_ROWS + 1);
        return new Map(groups.map((group) => [keyOf(group), group.accounts]));
      };
      return rows.map((row) => ({
        ...row,
        // An outcome may settle between the two statements, so that only one of them has its group.
        accounts: async () => (await (counted ??= count())).get(keyOf(row)) ?? 0,
      }));
    },
  };
}

function checkGroupBy(groupBy: readonly StatisticsDimension[]): void {
  const times = ['HOUR', 'DAY', 'MONTH'] as const;
  const given = times.filter((time) => groupBy.includes(time));
  if (given.length <= 1) {
    return;
  }
  throw new GatewayError(
    'BAD_USER_INPUT',
    `groupBy: expected at most one of HOUR, DAY and MONTH, got ${given.join(' and ')}`,
  );
}

function checkReadable(rows: readonly StatisticsRow[]): void {
  const outcomes = rows.reduce((sum, row) => sum + row.outcomes, 0);
  if (outcomes <= MAX_READ_FOR_ACCOUNTS) {
    return;
  }
  throw new GatewayError(
    'BAD_USER_INPUT',
    `filter: expected at most ${MAX_READ_FOR_ACCOUNTS} matching outcomes to count accounts, got ` +
      `${outcomes}; narrow the filter, for instance by settledAfter and settledBefore, or leave accounts out`,
  );
}

function keyOf(group: StatisticsGroup): string {
  const { operation, service, region, administrator, status, reasonCode, requestedBy, from } = group;
  return JSON.stringify([
    operation,
    service,
    region,
    administrator,
    status,
    reasonCode,
    requestedBy,
    from?.getTime() ?? null,
  ]);
}
