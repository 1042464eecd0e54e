import { afterAll, beforeAll, expect, it } from 'vitest';
import { addressOf } from '../../../src/config/databaseAddress.js';
import { fullPace, spend, requestsNow as paceRequestsNow } from '../../../src/lanes/pace.js';
import { openDatabase, type Database } from '../../../src/store/connection/client.js';
import { rateSql, requestsNow, SECONDS_TO_FULL_BURST } from '../../../src/store/lanes/laneQuota.js';
import { createLaneRecord } from '../../../src/store/lanes/laneRecord.js';
import { openLanes } from '../../../src/store/lanes/lanes.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { ADMINISTRATOR, REPLICA } from '../recordFixture.js';

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(addressOf(testDatabase.url));
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

it("a lane's quota in the record and the pace in a worker are the same arithmetic", async () => {
  // One request in 100 s: the time that the test takes does not count.
  const rate = { perSecond: 0.01, burst: 3 };
  const lanes = await openLanes(database.prisma, [ADMINISTRATOR]);
  const record = createLaneRecord(database.lanePrisma, REPLICA);
  const tenure = await record.acquire(lanes.all[0] ?? expect.unreachable());
  let pace = fullPace(rate);
  for (let requests = 0; requests <= 5; requests += 1) {
    const [row] = await database.prisma.$queryRaw<[{ now: number; seconds: number }]>`
      SELECT ${requestsNow(rateSql(rate), SECONDS_TO_FULL_BURST)} AS now, ${SECONDS_TO_FULL_BURST} AS seconds FROM lane
      WHERE id = ${tenure.lane.id}::int
    `;
    expect([requests, Math.max(0, row.now)]).toEqual([requests, paceRequestsNow(pace, 0)]);
    expect(Math.abs(row.seconds - Math.max(0, pace.fullAt / 1_000))).toBeLessThan(20);
    expect(await record.spendQuota(tenure, rate)).toBe(true);
    pace = spend(pace, { partial: false }, 0);
  }
});
