import { beforeAll, describe, expect, it } from 'vitest';
import { Prisma } from '../../../src/generated/client.js';
import { LOCAL_CALLER, type Caller } from '../../../src/membership.js';
import type { CallFilter, OutcomeFilter, PageArgs, RequestFilter } from '../../../src/ports/history.js';
import { idCursor, outcomeCursor } from '../../../src/store/sql/cursors.js';
import { selectCalls } from '../../../src/store/history/pages/callReads.js';
import { selectOutcomes } from '../../../src/store/history/pages/outcomeReads.js';
import { selectOutcomesAsText } from '../../../src/store/history/pages/outcomesAsText.js';
import { selectRequests } from '../../../src/store/history/pages/requestReads.js';
import { SCAN_LIMITS } from '../../../src/store/history/pages/keysetList.js';
import { drawFilters } from './drawFilters.js';
import { callIdOf, requestIdOf, timeOf, writeRun } from './historyRecord.js';
import { scansOf } from '../plans.js';
import { byRunLength } from '../../support/runLength.js';
import { useTestRecord } from '../testRecord.js';

const record = useTestRecord(async (prisma) => {
  // The test alone decides when tables are analyzed.
  for (const table of ['request', 'request_account', 'target', 'outcome', 'call', 'send']) {
    await prisma.$executeRaw(Prisma.raw(`ALTER TABLE "${table}" SET (autovacuum_enabled = false)`));
  }
  await writeRun(prisma, { administrator: 'security', from: 1, to: 10, accounts: 2000 });
  await writeRun(prisma, { administrator: 'archive', from: 11, to: 12, accounts: 2000 });
  await writeRun(prisma, { administrator: 'lab', from: 13, to: 14, accounts: 10, regions: ['sa-east-1'] });
  await writeRun(prisma, { administrator: 'security', from: 15, to: 6000, accounts: 1 });
  await writeRun(prisma, { administrator: 'archive', from: 6001, to: 9000, accounts: 1 });
  await prisma.$executeRaw`UPDATE request SET caller_id = 'eve', note = 'needle' WHERE id = ${requestIdOf(100)}::uuid`;
  await prisma.$executeRaw`UPDATE request SET status = 'CANCELED' WHERE id = ${requestIdOf(124)}::uuid`;
});

const CALLERS: Caller[] = [
  LOCAL_CALLER,
  { ...LOCAL_CALLER, administrators: ['lab'] },
  { ...LOCAL_CALLER, administrators: ['security', 'archive'] },
  { ...LOCAL_CALLER, administrators: [] },
];

/** For each condition a value that many rows have, one that few have, and one that none has. */
const LANES = {
  administrator: ['security', 'lab', 'nobody'],
  service: ['SECURITY_HUB'],
  region: ['eu-west-1', 'sa-east-1', 'mars'],
};
const OPERATIONS = [['CREATE_MEMBERS'], ['INVITE_MEMBERS'], ['DELETE_MEMBERS']];
const AFTER = [timeOf(20), timeOf(3000), timeOf(8995)];
const BEFORE = [timeOf(9000), timeOf(3100), timeOf(25)];

const pagesFrom = (middle: string): PageArgs[] => [
  { first: 50, after: null },
  { last: 50, before: null },
  { first: 50, after: middle },
  { last: 50, before: middle },
];

/** Rows of a full page, with the additional one. */
const FULL = 51;

/** Most rows that a page reads of one table: ten times the page, and the limits of its scan and its merge. */
const MAX_READ = 10 * FULL + SCAN_LIMITS.beforeMerge + SCAN_LIMITS.merge;

/** Tables of few rows. */
const SMALL = new Set(['lane', 'settled_day', 'kept_from']);

/** Of all filters one in this number is tried. */
const STEP = byRunLength(11, 1);

/** The tables that the statement reads too much of, in words. */
async function excessesOf(statement: Prisma.Sql): Promise<string[]> {
  const found: string[] = [];
  const read = new Map<string, number>();
  for (const { kind, table, rows } of await scansOf(record.prisma, statement)) {
    if (SMALL.has(table)) {
      continue;
    }
    if (kind === 'Seq Scan' && rows > 0) {
      found.push(`sequential scan of ${table}`);
    }
    read.set(table, (read.get(table) ?? 0) + rows);
  }
  for (const [table, rows] of read) {
    if (rows > MAX_READ) {
      found.push(`${rows} of ${table}`);
    }
  }
  return found;
}

/** The same for a page of every filter that is tried. Callers and pages alternate. */
async function excesses<Filter>(
  filters: readonly Filter[],
  pages: readonly PageArgs[],
  select: (caller: Caller, filter: Filter, page: PageArgs) => Prisma.Sql,
): Promise<string[]> {
  const found: string[] = [];
  for (const [place, filter] of filters.filter((_, index) => index % STEP === 0).entries()) {
    const caller = CALLERS[(place % 7) % CALLERS.length]!;
    const page = pages[(place % 5) % pages.length]!;
    for (const excess of await excessesOf(select(caller, filter, page))) {
      found.push(JSON.stringify({ excess, filter, administrators: caller.administrators, page }));
    }
  }
  return found;
}

describe('in a record of 60,000 outcomes and 9,000 requests, a page by any combination of conditions reads little', () => {
  beforeAll(async () => {
    await record.prisma.$executeRaw`ANALYZE`;
  });

  it('of requests', { timeout: 240_000 }, async () => {
    const filters = drawFilters<RequestFilter>('requests', {
      ...LANES,
      operations: OPERATIONS,
      statuses: [['FAILED'], ['CANCELED'], ['PENDING', 'RUNNING']],
      requestedBy: ['ann', 'eve', 'nobody'],
      accountId: ['000000000017', '000000034000', '999999999999'],
      note: ['TICKET 100%_', 'needle', 'a haystack'],
      createdAfter: AFTER,
      createdBefore: BEFORE,
    });
    const pages = pagesFrom(idCursor('requests', requestIdOf(4000)));
    expect(await excesses(filters, pages, selectRequests)).toEqual([]);
  });

  it('of calls', { timeout: 240_000 }, async () => {
    const filters = drawFilters<CallFilter>(
      'calls',
      {
        ...LANES,
        operations: OPERATIONS,
        statuses: [['REFUSED', 'SENT'], ['UNANSWERED'], ['ANSWERED'], ['REFUSED']],
        startedAfter: AFTER,
        startedBefore: BEFORE,
      },
      4,
    );
    const pages = pagesFrom(idCursor('calls', callIdOf(4000, 8, 0)));
    expect(await excesses(filters, pages, selectCalls)).toEqual([]);
  });

  it('of outcomes', { timeout: 240_000 }, async () => {
    const filters = drawFilters<OutcomeFilter>('outcomes', {
      ...LANES,
      requestId: [requestIdOf(1), requestIdOf(3), requestIdOf(4000)],
      accountIds: [['000000000017'], ['000000034000', '999999999999'], ['000000000017', '000000000119']],
      operations: OPERATIONS,
      statuses: [
        ['FAILED', 'UNPROCESSED'],
        ['CANCELED'],
        ['IN_FLIGHT'],
        ['PENDING', 'IN_FLIGHT'],
        ['PROCESSED'],
      ],
      reasonCodes: [['THROTTLED'], ['SELF', 'OTHER'], ['NOT_CREATED']],
      settledAfter: AFTER,
      settledBefore: BEFORE,
    });
    const pages = pagesFrom(outcomeCursor({ targetId: '20', accountId: '000000017000' }));
    expect(await excesses(filters, pages, selectOutcomes)).toEqual([]);
    const columns = [{ as: 'email', column: 'email' }] as const;
    const selectText = (caller: Caller, filter: OutcomeFilter, page: PageArgs) =>
      selectOutcomesAsText(columns, { caller, filter, page, limits: SCAN_LIMITS });
    expect(await excesses(filters, pages, selectText)).toEqual([]);
  });
});
