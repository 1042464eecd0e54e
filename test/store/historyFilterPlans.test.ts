import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Prisma } from '../../src/generated/client.js';
import { LOCAL_CALLER } from '../../src/membership.js';
import type { CallFilter, OutcomeFilter, PageArgs, RequestFilter } from '../../src/ports/history.js';
import { openDatabase, type Database } from '../../src/store/client.js';
import { selectCalls } from '../../src/store/historyCalls.js';
import { selectOutcomes } from '../../src/store/historyOutcomes.js';
import { selectRequests } from '../../src/store/historyRequests.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { combinations } from './historyReading.js';
import { requestIdOf, timeOf, writeRun } from './historyRecord.js';
import { scansOf } from './plans.js';

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url);
  const { prisma } = database;
  for (const table of ['request', 'request_account', 'target', 'outcome', 'call', 'send'])
    await prisma.$executeRaw(Prisma.raw(`ALTER TABLE "${table}" SET (autovacuum_enabled = false)`));
  await writeRun(prisma, { administrator: 'security', from: 1, to: 10, accounts: 2000 });
  await writeRun(prisma, { administrator: 'archive', from: 11, to: 12, accounts: 2000 });
  await writeRun(prisma, { administrator: 'security', from: 13, to: 6000, accounts: 1 });
  await writeRun(prisma, { administrator: 'archive', from: 6001, to: 9000, accounts: 1 });
}, 120_000);

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const PAGES: PageArgs[] = [
  { first: 50, after: null },
  { last: 50, before: null },
];
const LANES = { administrator: ['security'], service: ['SECURITY_HUB'], region: ['eu-west-1'] };
const [EARLY, LATE] = [timeOf(3000), timeOf(3100)];

/** Rows of a full page, with the one more that tells of the next. */
const FULL = 51;

/**
 * Rows that a page may read of the tables that are small beside the outcomes: 40 branches (a lane, operation and status,
 * or an administrator, operation and status) of a full page each, and a few hundred looked through before.
 */
const FEW = 40 * FULL + 600;

/** Of a few rows, or of a few a day. */
const SMALL = new Set(['lane', 'settled_day', 'kept_from']);

interface Case {
  filter: object;
  statement: Prisma.Sql;
  /** What is found by reading on: one row in so many that an index gives is for the page. */
  oneIn: number;
  /** Parts that a page of outcomes is merged from. */
  branches: number;
}

/** What the statements read too much of, in words; nothing when all is well. */
async function excesses(cases: readonly Case[]): Promise<string[]> {
  const found: string[] = [];
  for (const { filter, statement, oneIn, branches } of cases) {
    const read = new Map<string, number>();
    for (const { kind, table, rows } of await scansOf(database.prisma, statement)) {
      if (SMALL.has(table)) continue;
      if (kind === 'Seq Scan') found.push(`${JSON.stringify(filter)}: sequential scan of ${table}`);
      read.set(table, (read.get(table) ?? 0) + rows);
    }
    for (const [table, rows] of read) {
      const isLarge = table === 'outcome' || table === 'request_account';
      const most = (isLarge ? branches * FULL : FEW) * oneIn;
      if (rows > most) found.push(`${JSON.stringify(filter)}: ${rows} of ${table}, at most ${most}`);
    }
  }
  return found;
}

/** One in 10 requests has the note, one in 7 invites. */
const ONE_IN = { note: 10, operations: 7, time: 10 };

describe('in a record of 60,000 outcomes and 9,000 requests, a page by any combination of conditions reads in proportion', () => {
  beforeAll(async () => {
    await database.prisma.$executeRaw`ANALYZE`;
  });

  it('of requests', { timeout: 120_000 }, async () => {
    const filters = combinations<RequestFilter>({
      ...LANES,
      operations: [['INVITE_MEMBERS']],
      statuses: [['FAILED']],
      requestedBy: ['bob'],
      accountId: ['000000000119'],
      note: ['TICKET 100%_'],
      createdAfter: [EARLY],
      createdBefore: [LATE],
    });
    const cases = filters.map((filter, place) => ({
      filter,
      statement: selectRequests(LOCAL_CALLER, filter, PAGES[place % 2]!),
      oneIn: filter.note ? ONE_IN.note : 1,
      branches: 1,
    }));
    expect(await excesses(cases)).toEqual([]);
  });

  it('of calls', { timeout: 120_000 }, async () => {
    const filters = combinations<CallFilter>({
      ...LANES,
      operations: [['INVITE_MEMBERS']],
      statuses: [['REFUSED', 'SENT'], ['UNANSWERED'], ['ANSWERED']],
      startedAfter: [EARLY],
      startedBefore: [LATE],
    });
    const cases = filters.map((filter, place) => ({
      filter,
      statement: selectCalls(LOCAL_CALLER, filter, PAGES[place % 2]!),
      // A time of 100 hours is read whole where few of its calls are wanted.
      oneIn: filter.startedAfter && filter.startedBefore ? ONE_IN.time : 1,
      branches: 0,
    }));
    expect(await excesses(cases)).toEqual([]);
  });

  it('of outcomes', { timeout: 240_000 }, async () => {
    const filters = combinations<OutcomeFilter>({
      ...LANES,
      requestId: [requestIdOf(1)],
      accountIds: [['000000000119']],
      operations: [['INVITE_MEMBERS']],
      statuses: [['FAILED', 'UNPROCESSED'], ['PENDING', 'IN_FLIGHT'], ['PROCESSED']],
      reasonCodes: [['THROTTLED']],
      settledAfter: [EARLY],
      settledBefore: [LATE],
    });
    const cases = filters.map((filter, place) => ({
      filter,
      statement: selectOutcomes(LOCAL_CALLER, filter, PAGES[place % 2]!),
      // The operation is not in the index of reasons; a time is walked, past what else is not wanted.
      oneIn:
        filter.operations && filter.reasonCodes
          ? 3 * ONE_IN.operations
          : filter.settledAfter || filter.settledBefore
            ? ONE_IN.time
            : 1,
      // A reason is merged from the lanes, here eight.
      branches: filter.reasonCodes ? 9 : 3,
    }));
    expect(await excesses(cases)).toEqual([]);
  });
});
