import { Prisma } from '../../generated/client.js';
import type { Caller } from '../../membership.js';
import type {
  AccountsRow,
  HistoryStore,
  OutcomeFilter,
  StatisticsDimension,
  StatisticsGroup,
  StatisticsRow,
} from '../../ports/history.js';
import type { GatewayPrisma } from '../connection/client.js';
import { type JsonRow, readJson, toDate } from '../sql/jsonPages.js';
import { countedOutcomes, matchingOutcomes } from './pages/matchingOutcomes.js';

type Column = keyof StatisticsGroup;

/** From the row c of what is counted, and the row l of its lane. */
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

/** The reads that count. */
export function createStatisticsReads(
  prisma: GatewayPrisma,
): Pick<HistoryStore, 'statistics' | 'statisticsAccounts'> {
  return {
    async statistics(caller, groupBy, filter, most) {
      const rows = await readJson<JsonRow<StatisticsRow>[]>(
        prisma,
        selectStatistics(caller, groupBy, filter, most),
      );
      return rows.map((row) => ({ ...NO_GROUP, ...row, from: toDate(row.from ?? null) }));
    },
    async statisticsAccounts(caller, groupBy, filter, most) {
      const rows = await readJson<JsonRow<AccountsRow>[]>(
        prisma,
        selectAccounts(caller, groupBy, filter, most),
      );
      return rows.map((row) => ({ ...NO_GROUP, ...row, from: toDate(row.from ?? null) }));
    },
  };
}

/** How many outcomes there are of every group: what has been counted up when they settled, added up. */
export function selectStatistics(
  caller: Caller,
  groupBy: readonly StatisticsDimension[],
  filter: OutcomeFilter,
  most: number,
): Prisma.Sql {
  const count = Prisma.sql`COALESCE(sum(c.outcomes), 0)::bigint AS "outcomes"`;
  return selectGroups(countedOutcomes(caller, filter), groupBy, count, most);
}

/** How many distinct accounts there are in every group: all that it has is read. */
function selectAccounts(
  caller: Caller,
  groupBy: readonly StatisticsDimension[],
  filter: OutcomeFilter,
  most: number,
): Prisma.Sql {
  const count = Prisma.sql`count(DISTINCT c.account_id) AS "accounts"`;
  return selectGroups(matchingOutcomes(caller, filter), groupBy, count, most);
}

function selectGroups(
  counted: Prisma.Sql,
  groupBy: readonly StatisticsDimension[],
  count: Prisma.Sql,
  most: number,
): Prisma.Sql {
  const dimensions = [...new Set(groupBy)].map((dimension) => DIMENSIONS[dimension]);
  const columns = dimensions.map(([name, value]) => Prisma.sql`${value} AS ${Prisma.raw(`"${name}"`)}`);
  // Without dimensions there is one group, of everything, also when that is nothing.
  const groups = Prisma.raw(dimensions.map((_, place) => place + 1).join(', ') || '()');
  const byTime = dimensions.map(([name]) => Prisma.raw(name === 'from' ? '"from" DESC' : `"${name}"`));
  const order = byTime.length === 0 ? Prisma.empty : Prisma.sql`ORDER BY ${Prisma.join(byTime)}`;
  return Prisma.sql`
    SELECT COALESCE(json_agg(g), '[]') AS result
    FROM (
      SELECT ${Prisma.join([...columns, count])}
      FROM (${counted}) AS c JOIN lane l ON l.id = c.lane_id
      GROUP BY ${groups}
      ${order}
      LIMIT ${most}::int
    ) AS g`;
}
