import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addressOf } from '../../../src/config/databaseAddress.js';
import type { LaneRecord, Settlement, Tenure } from '../../../src/ports/laneRecord.js';
import type { RequestStore } from '../../../src/ports/requests.js';
import { openDatabase, type Database } from '../../../src/store/connection/client.js';
import { createLaneRecord } from '../../../src/store/lanes/laneRecord.js';
import { openLanes } from '../../../src/store/lanes/lanes.js';
import { createRequestStore } from '../../../src/store/requests/requestStore.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import {
  ADMINISTRATOR,
  ANY_CALL,
  claimOne,
  HUB,
  laneOf,
  newRequest,
  ownLanes,
  PROCESSED,
  REPLICA,
} from '../recordFixture.js';

/** Rows of these tables that one claim and one settlement of 50 accounts may read. */
const ROWS_FOR_FIFTY = 500;

/** The same for each outcome of a call that many requests share. */
const ROWS_FOR_SHARED = 3;

/** The same for one account. */
const ROWS_FOR_ONE = 30;

const IN_ANOTHER_LANE = [{ ...HUB, region: 'us-east-1', batchKey: 'CREATE_MEMBERS', detectorId: null }];

const TABLES = ['outcome', 'queued_account', 'request', 'request_account', 'target', 'call', 'send'];

let testDatabase: TestDatabase;
let database: Database;
let store: RequestStore;
let record: LaneRecord;
let tenure: Tenure;

beforeEach(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(addressOf(testDatabase.url));
  const lanes = await openLanes(database.prisma, [ADMINISTRATOR]);
  store = createRequestStore(database.prisma, lanes.idOf, ownLanes());
  record = createLaneRecord(database.lanePrisma, REPLICA);
  tenure = await record.acquire(laneOf(lanes));
});
afterEach(async () => {
  await database.close();
  await testDatabase.drop();
});

const numbers = (count: number, first: number) => Array.from({ length: count }, (_, index) => first + index);
const settlement = (callId: string): Settlement => ({
  callId,
  status: 'ANSWERED',
  metadata: { httpStatus: 200, awsRequestId: 'r', attempts: 1 },
  errorCode: null,
  errorMessage: null,
  unprocessed: [],
  defaultVerdict: PROCESSED,
  exceptions: new Map(),
});

/** Sends the lane's next call; false when nothing waits. */
async function sendNext(lane: LaneRecord): Promise<boolean> {
  const call = await claimOne(lane, tenure, ANY_CALL);
  if (call !== null) {
    await lane.settle(tenure, [settlement(call.callId)], [0.5]);
  }
  return call !== null;
}

/** Rows that the lane's next call reads. Its statements each stand alone, so they may run in a transaction. */
async function rowsRead(): Promise<number> {
  return database.lanePrisma.$transaction(async (tx) => {
    const total = async (): Promise<number> => {
      const [row] = await tx.$queryRaw<[{ rows: number }]>`
        SELECT sum(seq_tup_read + idx_tup_fetch)::int AS rows FROM pg_stat_xact_user_tables WHERE relname = ANY (${TABLES})
      `;
      return row.rows;
    };
    const before = await total();
    const inTransaction = Object.assign(Object.create(tx), { $rows: tx.$queryRaw }) as Database['prisma'];
    expect(await sendNext(createLaneRecord(inTransaction, REPLICA))).toBe(true);
    return (await total()) - before;
  });
}

async function expectFewRows(most = ROWS_FOR_FIFTY): Promise<void> {
  // The first five runs of a prepared statement are planned one by one, the sixth for good.
  for (let call = 0; call < 8; call += 1) {
    expectBetween(await rowsRead(), most);
  }
}

/** Each account is read once at the least. */
function expectBetween(rows: number, most: number): void {
  expect(rows).toBeGreaterThanOrEqual(50);
  expect(rows).toBeLessThanOrEqual(most);
}

describe('a claim and its settlement read a few rows for each account, with any other work waiting', () => {
  it('before there are any statistics, and with plans that were made when the tables were empty', async () => {
    expect(await sendNext(record)).toBe(false);
    for (const first of [0, 5_000, 10_000]) {
      await store.insert(newRequest(numbers(5_000, first)));
      await expectFewRows();
    }
  });

  it('with statistics of every moment since the first call, when few calls had been sent', async () => {
    await store.insert(newRequest(numbers(1_000, 0)));
    for (let call = 0; call < 10; call += 1) {
      await database.prisma.$executeRaw`ANALYZE`;
      expectBetween(await rowsRead(), ROWS_FOR_FIFTY);
    }
  });

  it('when every account has several requests, of different operations', async () => {
    for (const operation of ['DELETE_MEMBERS', 'CREATE_MEMBERS', 'DELETE_MEMBERS'] as const) {
      const request = newRequest(numbers(2_000, 40_000), { operation });
      const targets = request.targets.map((target) => ({ ...target, batchKey: operation }));
      await store.insert({ ...request, targets });
    }
    await expectFewRows();
  });

  it('when sixty large requests ask for the same accounts: each call is full, and carries them for all', async () => {
    const requests = 60;
    for (let request = 0; request < requests; request += 1) {
      await store.insert(newRequest(numbers(1_000, 0)));
    }
    await expectFewRows(requests * 50 * ROWS_FOR_SHARED);
    const sizes: number[] = [];
    for (;;) {
      const call = await claimOne(record, tenure, ANY_CALL);
      if (call === null) {
        break;
      }
      sizes.push(call.accounts.length);
      await record.settle(tenure, [settlement(call.callId)], [0.5]);
    }
    expect(sizes).toEqual(Array.from({ length: 12 }, () => 50));
    expect(await database.prisma.outcome.count()).toBe(requests * 1_000);
  });

  it('with hundreds of small requests behind it, and others that wait in another lane, without statistics', async () => {
    for (const number of numbers(200, 0)) {
      await store.insert(newRequest([number]));
      expect(await sendNext(record)).toBe(true);
      await store.insert(newRequest([number], { targets: IN_ANOTHER_LANE }));
    }
    await store.insert(newRequest([200]));
    expect(await rowsRead()).toBeLessThanOrEqual(ROWS_FOR_ONE);
  });

  it('with thousands of calls of the lane behind it', async () => {
    await store.insert(newRequest(numbers(2_000, 0)));
    expect(await sendNext(record)).toBe(true);
    await database.prisma.$executeRaw`
      INSERT INTO call (id, lane_id, operation, status, account_count, started_at, finished_at, settled_at)
      SELECT gen_random_uuid(), ${tenure.lane.id}::int, 'CREATE_MEMBERS', 'ANSWERED', 50, now(), now(), now()
      FROM generate_series(1, 5000)`;
    await expectFewRows();
    await database.prisma.$executeRaw`ANALYZE`;
    await expectFewRows();
  });

  it('with statistics of a quiet moment, when nothing was IN_FLIGHT', async () => {
    await store.insert(newRequest(numbers(2_000, 0)));
    while (await sendNext(record)) {}
    await database.prisma.$executeRaw`ANALYZE`;
    await store.insert(newRequest(numbers(5_000, 20_000)));
    await expectFewRows();
  });

  it('with statistics of a moment when no account was queued, and thousands queued since', async () => {
    await store.insert(newRequest(numbers(60, 0)));
    while (await sendNext(record)) {}
    await database.prisma.$executeRaw`VACUUM ANALYZE`;
    expect(await sendNext(record)).toBe(false);
    await store.insert(newRequest([0]));
    expect(await sendNext(record)).toBe(true);
    for (const first of numbers(60, 0)) {
      await store.insert(newRequest(numbers(50, first * 50), { targets: IN_ANOTHER_LANE }));
    }
    await store.insert(newRequest([0]));
    expect(await rowsRead()).toBeLessThanOrEqual(ROWS_FOR_ONE);
  });
});
