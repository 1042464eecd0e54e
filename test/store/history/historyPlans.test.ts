import { beforeAll, describe, expect, it } from 'vitest';
import { Prisma } from '../../../src/generated/client.js';
import { LOCAL_CALLER } from '../../../src/membership.js';
import { outcomeCursor } from '../../../src/store/sql/cursors.js';
import {
  selectCalls,
  selectCallsById,
  selectCallsOfRequests,
} from '../../../src/store/history/pages/callReads.js';
import {
  selectOutcomes,
  selectOutcomesByKey,
  selectOutcomesOfCalls,
  selectOutcomesOfRequests,
} from '../../../src/store/history/pages/outcomeReads.js';
import {
  selectRequests,
  selectRequestsById,
  selectRetriesOfRequests,
  selectTargetsOfRequests,
} from '../../../src/store/history/pages/requestReads.js';
import { ARCHIVE } from './historyReading.js';
import { callIdOf, requestIdOf, writeRun } from './historyRecord.js';
import { scansOf } from '../plans.js';
import { countOutcomes } from '../recordReading.js';
import { useTestRecord } from '../testRecord.js';

/** Accounts of each large request, and so outcomes of each of its four targets. */
const ACCOUNTS = 4000;

const PAGE = { first: 50, after: null };
/** In the middle of the first target of request 5. */
const MIDDLE = { first: 50, after: outcomeCursor({ targetId: '20', accountId: '000000034000' }) };
/** Rows that a page reads if it skips none: its rows, the additional one, and those of one or two more targets. */
const FULL = 3 * 51;

/** An account in all 500 requests, one in the large requests, and one in none. */
const OFTEN = '000000000017';
const SELDOM = '000000067983';
const NEVER = '999999999999';

const statuses = {
  exceptions: ['UNPROCESSED', 'FAILED', 'CANCELED'],
  unfinished: ['PENDING', 'IN_FLIGHT'],
  notProcessed: ['PENDING', 'IN_FLIGHT', 'UNPROCESSED', 'FAILED', 'CANCELED'],
} as const;

// The page, the most rows of `outcome` that it may read, and its statement.
const READS: [what: string, limit: number, statement: Prisma.Sql][] = [
  ['all', FULL, selectOutcomes(LOCAL_CALLER, {}, PAGE)],
  ['all, from the middle', FULL, selectOutcomes(LOCAL_CALLER, {}, MIDDLE)],
  ['of an administrator', FULL, selectOutcomes(ARCHIVE, {}, PAGE)],
  ['of a service', FULL, selectOutcomes(LOCAL_CALLER, { service: 'GUARDDUTY' }, MIDDLE)],
  ['of a region', FULL, selectOutcomes(LOCAL_CALLER, { region: 'us-east-1' }, MIDDLE)],
  ['failed', FULL, selectOutcomes(LOCAL_CALLER, { statuses: ['FAILED'] }, MIDDLE)],
  ['exceptions', FULL, selectOutcomes(LOCAL_CALLER, { statuses: statuses.exceptions }, MIDDLE)],
  [
    'exceptions of a lane',
    2 * FULL,
    selectOutcomes(
      ARCHIVE,
      { statuses: statuses.exceptions, service: 'SECURITY_HUB', region: 'eu-west-1' },
      PAGE,
    ),
  ],
  ['processed', FULL, selectOutcomes(LOCAL_CALLER, { statuses: ['PROCESSED'] }, PAGE)],
  ['pending', FULL, selectOutcomes(LOCAL_CALLER, { statuses: ['PENDING'] }, MIDDLE)],
  // No index holds these statuses, so that all outcomes of a target are read.
  [
    'processed, in targets half canceled',
    FULL + ACCOUNTS,
    selectOutcomes(LOCAL_CALLER, { statuses: ['PROCESSED'] }, MIDDLE),
  ],
  [
    'in flight, in targets half pending',
    FULL + ACCOUNTS,
    selectOutcomes(LOCAL_CALLER, { statuses: ['IN_FLIGHT'] }, MIDDLE),
  ],
  ['not processed', 2 * FULL, selectOutcomes(LOCAL_CALLER, { statuses: statuses.notProcessed }, MIDDLE)],
  ['of accounts', FULL, selectOutcomes(LOCAL_CALLER, { accountIds: [OFTEN, SELDOM, NEVER] }, PAGE)],
  [
    'of accounts, from the middle',
    FULL,
    selectOutcomes(LOCAL_CALLER, { accountIds: [OFTEN, SELDOM, NEVER] }, MIDDLE),
  ],
  [
    'processed of an account',
    FULL,
    selectOutcomes(LOCAL_CALLER, { accountIds: [OFTEN], statuses: ['PROCESSED'] }, PAGE),
  ],
  [
    'of accounts in a region',
    2 * FULL,
    selectOutcomes(LOCAL_CALLER, { accountIds: [OFTEN, SELDOM], region: 'us-east-1' }, PAGE),
  ],
  ['of a request', FULL, selectOutcomes(LOCAL_CALLER, { requestId: requestIdOf(3) }, PAGE)],
  [
    'of a request, from the middle',
    FULL,
    selectOutcomes(LOCAL_CALLER, { requestId: requestIdOf(5) }, MIDDLE),
  ],
  [
    'of a request in a service',
    FULL,
    selectOutcomes(LOCAL_CALLER, { requestId: requestIdOf(5), service: 'GUARDDUTY' }, PAGE),
  ],
  [
    'failed of a request',
    FULL,
    selectOutcomes(LOCAL_CALLER, { requestId: requestIdOf(6), statuses: ['FAILED'] }, PAGE),
  ],
  [
    'exceptions of a request',
    FULL,
    selectOutcomes(LOCAL_CALLER, { requestId: requestIdOf(6), statuses: statuses.exceptions }, PAGE),
  ],
  [
    'unfinished of a request',
    FULL,
    selectOutcomes(LOCAL_CALLER, { requestId: requestIdOf(8), statuses: statuses.unfinished }, PAGE),
  ],
  [
    'not processed of a finished request',
    FULL,
    selectOutcomes(LOCAL_CALLER, { requestId: requestIdOf(6), statuses: statuses.notProcessed }, PAGE),
  ],
  [
    'unfinished of a finished request',
    0,
    selectOutcomes(LOCAL_CALLER, { requestId: requestIdOf(6), statuses: statuses.unfinished }, PAGE),
  ],
  [
    'accounts of a request',
    8,
    selectOutcomes(LOCAL_CALLER, { requestId: requestIdOf(6), accountIds: [OFTEN, SELDOM, NEVER] }, PAGE),
  ],
  [
    'failed accounts of a request',
    8,
    selectOutcomes(
      LOCAL_CALLER,
      { requestId: requestIdOf(6), accountIds: [OFTEN, SELDOM], statuses: ['FAILED'] },
      PAGE,
    ),
  ],
  [
    'by key',
    2,
    selectOutcomesByKey(LOCAL_CALLER, [
      { targetId: '12', accountId: OFTEN },
      { targetId: '13', accountId: SELDOM },
    ]),
  ],
  ['below requests', 3 * FULL, selectOutcomesOfRequests([3, 4, 20].map(requestIdOf), {}, PAGE)],
  [
    'exceptions below requests',
    3 * FULL,
    selectOutcomesOfRequests([6, 7, 20].map(requestIdOf), { statuses: statuses.exceptions }, PAGE),
  ],
  ['below calls', 100, selectOutcomesOfCalls([callIdOf(4, 8, 0x3e85), callIdOf(299, 9, 0x1389)], PAGE)],
  ['requests', 0, selectRequests(LOCAL_CALLER, {}, PAGE)],
  ['requests of an administrator', 0, selectRequests(ARCHIVE, {}, PAGE)],
  ['requests by id', 0, selectRequestsById(ARCHIVE, [6, 450].map(requestIdOf))],
  ['targets of requests', 0, selectTargetsOfRequests([6, 450].map(requestIdOf))],
  ['retries of requests', 0, selectRetriesOfRequests([6, 450].map(requestIdOf), 100)],
  ['calls', 0, selectCalls(LOCAL_CALLER, {}, PAGE)],
  ['calls by id', 0, selectCallsById(ARCHIVE, [requestIdOf(6)])],
  ['calls of requests', 0, selectCallsOfRequests([6, 7, 450].map(requestIdOf), PAGE)],
];

const record = useTestRecord(async (prisma) => {
  // No statistics before the test runs ANALYZE.
  const tables = ['request', 'request_account', 'target', 'outcome', 'queued_account', 'call', 'send'];
  for (const table of tables) {
    await prisma.$executeRaw(Prisma.raw(`ALTER TABLE "${table}" SET (autovacuum_enabled = false)`));
  }
  await writeRun(prisma, { administrator: 'security', from: 1, to: 10, accounts: ACCOUNTS });
  await writeRun(prisma, { administrator: 'security', from: 11, to: 400, accounts: 1, coalesced: true });
  await writeRun(prisma, { administrator: 'archive', from: 401, to: 402, accounts: ACCOUNTS });
  await writeRun(prisma, { administrator: 'archive', from: 403, to: 500, accounts: 1, coalesced: true });
  const outcomes = Object.values(await countOutcomes(prisma)).reduce((sum, each) => sum + each, 0);
  expect(outcomes).toBe(193_952);
});

describe.each(['never analyzed', 'analyzed'])('in a record of 200,000 outcomes, %s,', (state) => {
  beforeAll(async () => {
    if (state === 'analyzed') {
      await record.prisma.$executeRaw`ANALYZE`;
    }
    const [row] = await record.prisma.$queryRaw<
      { known: bigint }[]
    >`SELECT count(*) AS known FROM pg_stats WHERE tablename = 'outcome'`;
    expect(row!.known > 0n).toBe(state === 'analyzed');
  });

  it.each(READS)('a page %s reads little more than it shows', async (_what, limit, statement) => {
    const scans = await scansOf(record.prisma, statement);
    const scanned = scans.filter(({ kind }) => kind === 'Seq Scan').map(({ table }) => table);
    expect(['outcome', 'request_account', 'send'].filter((table) => scanned.includes(table))).toEqual([]);
    const read = scans.filter(({ table }) => table === 'outcome').reduce((sum, { rows }) => sum + rows, 0);
    expect(read).toBeLessThanOrEqual(limit);
    for (const { table, rows } of scans) {
      if (table === 'request_account') {
        expect(rows).toBeLessThanOrEqual(FULL);
      }
    }
  });
});
