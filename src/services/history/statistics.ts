import { GatewayError } from '../../errors.js';
import type { Caller, StatisticsDimension } from '../../membership.js';
import type { HistoryStore, StatisticsGroup, StatisticsRow } from '../../ports/history.js';
import { type OutcomesQuery, checkOutcomeFilter } from '../input/checkFilters.js';

/** Most rows of an answer; the schema repeats it. */
const MOST_ROWS = 10_000;

/** Most outcomes among which distinct accounts are counted, by reading each: about a second a million. */
const MOST_READ_FOR_ACCOUNTS = 2_000_000;

/** A group with its number of outcomes, and that of its accounts, which is counted, for all groups at once, when asked for. */
export interface Statistics extends StatisticsRow {
  accounts(): Promise<number>;
}

/** Counts over the record, limited to the administrators granted to the caller. */
export interface StatisticsService {
  statistics(
    caller: Caller,
    groupBy: readonly StatisticsDimension[],
    asked: OutcomesQuery,
  ): Promise<Statistics[]>;
}

/** @throws GatewayError `BAD_USER_INPUT` (as a rejection) for an argument that is wrong or asks for too much. */
export function createStatistics(store: HistoryStore): StatisticsService {
  return {
    async statistics(caller, groupBy, asked) {
      const filter = checkOutcomeFilter(asked);
      checkGroupBy(groupBy);
      const rows = await store.statistics(caller, groupBy, filter, MOST_ROWS + 1);
      if (rows.length > MOST_ROWS) {
        throw new GatewayError(
          'BAD_USER_INPUT',
          `groupBy: expected groups that make at most ${MOST_ROWS} rows; group by less, or narrow the filter`,
        );
      }
      let counted: Promise<Map<string, number>> | undefined;
      const count = async (): Promise<Map<string, number>> => {
        checkReadable(rows);
        const groups = await store.statisticsAccounts(caller, groupBy, filter, MOST_ROWS + 1);
        return new Map(groups.map((group) => [keyOf(group), group.accounts]));
      };
      return rows.map((row) => ({
        ...row,
        // An outcome may settle between the two statements, and be in a group that one of them does not have.
        accounts: async () => (await (counted ??= count())).get(keyOf(row)) ?? 0,
      }));
    },
  };
}

function checkGroupBy(groupBy: readonly StatisticsDimension[]): void {
  const times = ['HOUR', 'DAY', 'MONTH'] as const;
  const asked = times.filter((time) => groupBy.includes(time));
  if (asked.length <= 1) {
    return;
  }
  throw new GatewayError(
    'BAD_USER_INPUT',
    `groupBy: expected at most one of HOUR, DAY and MONTH, got ${asked.join(' and ')}`,
  );
}

function checkReadable(rows: readonly StatisticsRow[]): void {
  const outcomes = rows.reduce((sum, row) => sum + row.outcomes, 0);
  if (outcomes <= MOST_READ_FOR_ACCOUNTS) {
    return;
  }
  throw new GatewayError(
    'BAD_USER_INPUT',
    `filter: expected one that at most ${MOST_READ_FOR_ACCOUNTS} outcomes meet for accounts to be counted, got ` +
      `${outcomes}; narrow it, for instance by settledAfter and settledBefore, or leave accounts out`,
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
