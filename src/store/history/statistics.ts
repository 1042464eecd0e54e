import { Prisma } from '../../generated/client.js';
import type { Caller, StatisticsDimension } from '../../membership.js';
import type {
  AccountsRow,
  HistoryStore,
  OutcomeFilter,
  StatisticsGroup,
  StatisticsRow,
} from '../../ports/history.js';
import type { GatewayPrisma } from '../connection/client.js';
import { type JsonRow, readJson, toDate } from '../sql/jsonPages.js';
import { matchingOutcomes, outcomeCounts } from './statisticsRows.js';

type Column = keyof StatisticsGroup;

/** The column and the value of each dimension, from the row c of an outcome or a count, and the row l of its lane. */
const DIMENSIONS: Record<StatisticsDimension, readonly [Column, Prisma.Sql]> = {
  OPERATION: ['operation', Prisma.sql`c.operation`],
  SERVICE: ['service', Prisma.sql`l.service`],
  REGION: ['region', Prisma.sql`l.region`],
  ADMINISTRATOR: ['administrator', Prisma.sql`l.administrator`],
  STATUS: ['status', Prisma.sql`c.status`],
  REASON_CODE: ['reasonCode', Prisma.sql`NULLIF(c.reason, '')`],
  REQUESTED_BY: ['requestedBy', Prisma.sql`c.caller_id`],
  HOUR: ['from', Prisma.sql`date_trunc('hour', c.settled_at, 'UTC')`],
  DAY: ['from', Prisma.sql`date_trunc('day', c.settled_at, 'UTC')`],
  MONTH: ['from', Prisma.sql`date_trunc('month', c.settled_at, 'UTC')`],
};

const NO_GROUP: StatisticsGroup = {
  operation: null,
  service: null,
  region: null,
  administrator: null,
  status: null,
  reasonCode: null,
  requestedBy: null,
  from: null,
};

/** The reads of statistics. */
export function createStatisticsReads(
  prisma: GatewayPrisma,
): Pick<HistoryStore, 'statistics' | 'statisticsAccounts' | 'statisticsCost'> {
  return {
    async statistics(caller, groupBy, filter, limit) {
      const rows = await readJson<JsonRow<StatisticsRow>[]>(
        prisma,
        selectStatistics(caller, groupBy, filter, limit),
      );
      return rows.map(({ outcomes, ...group }) => ({ ...toGroup(group), outcomes }));
    },
    async statisticsAccounts(caller, groupBy, filter, limit) {
      const rows = await readJson<JsonRow<AccountsRow>[]>(
        prisma,
        selectAccounts(caller, groupBy, filter, limit),
      );
      return rows.map(({ accounts, ...group }) => ({ ...toGroup(group), accounts }));
    },
    statisticsCost(count, caller, groupBy, filter) {
      const select = count === 'outcomes' ? selectStatistics : selectAccounts;
      return plannedCost(prisma, select(caller, groupBy, filter, null));
    },
  };
}

/** The number of outcomes in each group, mostly from the counts that were made as outcomes settled. */
export function selectStatistics(
  caller: Caller,
  groupBy: readonly StatisticsDimension[],
  filter: OutcomeFilter,
  limit: number | null,
): Prisma.Sql {
  const count = Prisma.sql`COALESCE(sum(c.outcomes), 0)::bigint AS "outcomes"`;
  return selectGroups(outcomeCounts(caller, filter), groupBy, count, limit);
}

/** The number of distinct accounts in each group: reads all outcomes that match the filter. */
function selectAccounts(
  caller: Caller,
  groupBy: readonly StatisticsDimension[],
  filter: OutcomeFilter,
  limit: number | null,
): Prisma.Sql {
  const count = Prisma.sql`count(DISTINCT c.account_id) AS "accounts"`;
  return selectGroups(matchingOutcomes(caller, filter), groupBy, count, limit);
}

function selectGroups(
  rows: Prisma.Sql,
  groupBy: readonly StatisticsDimension[],
  count: Prisma.Sql,
  limit: number | null,
): Prisma.Sql {
  const dimensions = [...new Set(groupBy)].map((dimension) => DIMENSIONS[dimension]);
  const columns = dimensions.map(([name, value]) => Prisma.sql`${value} AS ${Prisma.raw(`"${name}"`)}`);
  // Without dimensions there is one group of all rows, also when there are none.
  const groups = Prisma.raw(dimensions.map((_, index) => index + 1).join(', ') || '()');
  const inOrder = dimensions.map(([name]) => Prisma.raw(name === 'from' ? '"from" DESC' : `"${name}"`));
  const order = inOrder.length === 0 ? Prisma.empty : Prisma.sql`ORDER BY ${Prisma.join(inOrder)}`;
  return Prisma.sql`
    SELECT COALESCE(json_agg(g), '[]') AS result
    FROM (
      SELECT ${Prisma.join([...columns, count])}
      FROM (${rows}) AS c JOIN lane l ON l.id = c.lane_id
      GROUP BY ${groups}
      ${order}
      LIMIT ${limit}::int
    ) AS g`;
}

/** What PostgreSQL expects a statement to cost. Plans it, and does not run it. */
async function plannedCost(prisma: GatewayPrisma, statement: Prisma.Sql): Promise<number> {
  const { 'QUERY PLAN': plans } = await prisma.$readRow<{
    'QUERY PLAN': readonly { readonly Plan: { readonly 'Total Cost': number } }[];
  }>(Prisma.sql`EXPLAIN (FORMAT JSON) ${statement}`);
  return plans[0]?.Plan['Total Cost'] ?? 0;
}

/** A group with all its columns: null where the statistics are not grouped by them. */
function toGroup(row: JsonRow<StatisticsGroup>): StatisticsGroup {
  return { ...NO_GROUP, ...row, from: toDate(row.from ?? null) };
}
