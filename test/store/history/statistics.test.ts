import { describe, expect, it } from 'vitest';
import { Prisma } from '../../../src/generated/client.js';
import { LOCAL_CALLER, type StatisticsDimension } from '../../../src/membership.js';
import type { HistoryStore, OutcomeFilter } from '../../../src/ports/history.js';
import { createHistoryStore } from '../../../src/store/history/history.js';
import { selectStatistics } from '../../../src/store/history/statistics.js';
import { outcomeConditions } from './historyConditions.js';
import { ARCHIVE, combinations } from './historyReading.js';
import { requestIdOf, timeOf, writeRun } from './historyRecord.js';
import { scansOf } from '../plans.js';
import { ALL_OUTCOMES } from '../recordReading.js';
import { useTestRecord } from '../testRecord.js';

let history: HistoryStore;

const record = useTestRecord(async (prisma) => {
  history = createHistoryStore(prisma);
  await writeRun(prisma, { administrator: 'security', from: 1, to: 5, accounts: 60 });
  await writeRun(prisma, { administrator: 'archive', from: 6, to: 8, accounts: 60 });
  await writeRun(prisma, { administrator: 'security', from: 10, to: 130, accounts: 1, coalesced: true });
});

const EXPRESSIONS: Record<StatisticsDimension, [string, string]> = {
  OPERATION: ['operation', 't.operation'],
  SERVICE: ['service', 'l.service'],
  REGION: ['region', 'l.region'],
  ADMINISTRATOR: ['administrator', 'l.administrator'],
  STATUS: ['status', 'o.status'],
  REASON_CODE: ['reasonCode', 'o.reason_code'],
  REQUESTED_BY: ['requestedBy', 'r.caller_id'],
  HOUR: ['from', `date_trunc('hour', o.settled_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'`],
  DAY: ['from', `date_trunc('day', o.settled_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'`],
  MONTH: ['from', `date_trunc('month', o.settled_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'`],
};

/** The groups of a filter, from a plain statement, in no order. */
async function countedPlainly(
  caller: typeof LOCAL_CALLER,
  groupBy: StatisticsDimension[],
  filter: OutcomeFilter,
) {
  const columns = groupBy.map((dimension) => EXPRESSIONS[dimension]);
  const conditions = [Prisma.sql`true`, ...outcomeConditions(caller, filter)];
  const rows = await record.prisma.$queryRaw<Record<string, unknown>[]>(Prisma.sql`
    SELECT ${Prisma.raw(columns.map(([name, sql]) => `${sql} AS "${name}",`).join(' '))}
      count(*)::int AS outcomes, count(DISTINCT o.account_id)::int AS accounts
    FROM ${ALL_OUTCOMES} o JOIN target t ON t.id = o.target_id JOIN request r ON r.id = t.request_id JOIN lane l ON l.id = o.lane_id
    WHERE ${Prisma.join(conditions, ' AND ')}
    GROUP BY ${Prisma.raw(columns.length === 0 ? '()' : columns.map((_, place) => place + 1).join(', '))}`);
  return rows.map((row) => textOf(row)).sort();
}

function textOf(row: object): string {
  const given = Object.entries(row).filter(([, value]) => value !== null);
  return JSON.stringify(Object.fromEntries(given.sort(([a], [b]) => (a < b ? -1 : 1))));
}

async function counted(caller: typeof LOCAL_CALLER, groupBy: StatisticsDimension[], filter: OutcomeFilter) {
  const rows = await history.statistics(caller, groupBy, filter, 10_000);
  const accounts = await history.statisticsAccounts(caller, groupBy, filter, 10_000);
  expect(accounts).toHaveLength(rows.length);
  return rows.map((row, place) => {
    const { accounts: distinct, ...group } = accounts[place]!;
    expect({ ...group, outcomes: row.outcomes }).toEqual(row);
    return textOf({ ...row, accounts: distinct });
  });
}

const FILTERS = combinations<OutcomeFilter>({
  service: ['SECURITY_HUB'],
  operations: [['INVITE_MEMBERS']],
  statuses: [['UNPROCESSED', 'IN_FLIGHT']],
  reasonCodes: [['THROTTLED']],
  // Both within an hour, and while a request settles.
  settledAfter: [new Date(timeOf(4).getTime() + 60_030)],
  settledBefore: [new Date(timeOf(7).getTime() + 60_020)],
});

describe('statistics', () => {
  it.each(Object.keys(EXPRESSIONS) as StatisticsDimension[])(
    'by %s agree with the outcomes to the last account, with any filter',
    async (dimension) => {
      for (const [place, filter] of FILTERS.entries()) {
        const caller = place % 3 === 0 ? ARCHIVE : LOCAL_CALLER;
        const rows = await counted(caller, [dimension], filter);
        expect(rows.sort(), JSON.stringify(filter)).toEqual(
          await countedPlainly(caller, [dimension], filter),
        );
      }
    },
  );

  it.each<StatisticsDimension[][]>([
    [[]],
    [['SERVICE', 'REGION', 'STATUS']],
    [['MONTH', 'REASON_CODE', 'REQUESTED_BY', 'OPERATION']],
    [['ADMINISTRATOR', 'HOUR', 'STATUS']],
  ])('by %j agree too', async (groupBy) => {
    for (const filter of [
      ...FILTERS,
      { requestId: requestIdOf(7) },
      { accountIds: ['000000000017', '000000000034'] },
    ]) {
      const rows = await counted(LOCAL_CALLER, groupBy, filter);
      expect(rows.sort(), JSON.stringify(filter)).toEqual(
        await countedPlainly(LOCAL_CALLER, groupBy, filter),
      );
    }
  });

  it('between two times within one hour read its outcomes', async () => {
    const filter = {
      settledAfter: new Date(timeOf(1).getTime() + 60_010),
      settledBefore: new Date(timeOf(1).getTime() + 60_021),
    };
    expect(await counted(LOCAL_CALLER, [], filter)).toEqual([textOf({ outcomes: 44, accounts: 11 })]);
  });

  it('have the newest first, and hours begin on the hour in UTC in any zone of the session', async () => {
    const rows = await history.statistics(
      LOCAL_CALLER,
      ['HOUR', 'STATUS'],
      { settledAfter: timeOf(1) },
      10_000,
    );
    const times = rows.map(({ from }) => from!.getTime());
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    for (const time of times) {
      expect(time % 3_600_000).toBe(0);
    }
  });

  it('of whole hours read no outcome', async () => {
    const filter = {
      settledAfter: new Date('2024-06-10T00:00:00Z'),
      settledBefore: new Date('2024-07-01T00:00:00Z'),
    };
    const scans = await scansOf(
      record.prisma,
      selectStatistics(LOCAL_CALLER, ['DAY', 'STATUS'], filter, 10_000),
    );
    expect(new Set(scans.map(({ table }) => table))).toEqual(new Set(['lane', 'settled_hour']));
  });

  it('are expected to cost more when more rows are read', async () => {
    const costOf = (count: 'outcomes' | 'accounts', filter: OutcomeFilter) =>
      history.statisticsCost(count, LOCAL_CALLER, ['DAY', 'STATUS'], filter);
    await record.prisma.$executeRaw`ANALYZE`;
    const [hours, outcomes] = [await costOf('outcomes', {}), await costOf('accounts', {})];
    expect(hours).toBeGreaterThan(1);
    expect(outcomes).toBeGreaterThan(2 * hours);
    expect(await costOf('accounts', { accountIds: ['000000000017'] })).toBeLessThan(outcomes);
  });
});
