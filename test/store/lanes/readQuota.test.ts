import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addressOf } from '../../../src/config/databaseAddress.js';
import type { ReadQuota } from '../../../src/ports/readQuota.js';
import { openDatabase, type Database } from '../../../src/store/connection/client.js';
import { createLaneRecord } from '../../../src/store/lanes/laneRecord.js';
import { openLanes, type Lanes } from '../../../src/store/lanes/lanes.js';
import { createReadQuota } from '../../../src/store/lanes/readQuota.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { ADMINISTRATOR, HUB, laneOf, REPLICA } from '../recordFixture.js';

const GUARDDUTY = { ...HUB, service: 'GUARDDUTY' } as const;
/** A request comes back every 100 seconds, one of reads every 200. */
const RATES = {
  SECURITY_HUB: { perSecond: 0.01, burst: 10 },
  GUARDDUTY: { perSecond: 0.01, burst: 1 },
};

let testDatabase: TestDatabase;
let database: Database;
let lanes: Lanes;
/** As of two replicas. */
let quotas: [ReadQuota, ReadQuota];

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(addressOf(testDatabase.url));
  lanes = await openLanes(database.prisma, [ADMINISTRATOR]);
  const quota = () => createReadQuota(database.prisma, lanes.idOf, RATES);
  quotas = [quota(), quota()];
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});
beforeEach(() => database.prisma.$executeRaw`UPDATE lane SET quota_back_at = now(), reads_back_at = now()`);

const pass = (seconds: number) =>
  database.prisma.$executeRaw`UPDATE lane SET
    quota_back_at = quota_back_at - make_interval(secs => ${seconds}::float8),
    reads_back_at = reads_back_at - make_interval(secs => ${seconds}::float8)`;

describe('the quota of live reads', () => {
  it('grants what is available, at most 50 % of the burst and of the rate, and says how long to wait', async () => {
    const before = Date.now();
    const first = await quotas[0].reserve(HUB, 3);
    expect(first).toMatchObject({ granted: 3, wait: 0 });
    expect(Math.abs(first.at.getTime() - before)).toBeLessThan(2_000);
    expect(await quotas[1].reserve(HUB, 20)).toMatchObject({ granted: 2 });
    const none = await quotas[0].reserve(HUB, 1);
    expect(none).toMatchObject({ granted: 0 });
    expect(none.wait / 1_000).toBeCloseTo(200, -1);
    await pass(400);
    expect(await quotas[0].reserve(HUB, 20)).toMatchObject({ granted: 2 });
  });

  it('is never spent twice by concurrent readers', async () => {
    const turns = await Promise.all(Array.from({ length: 20 }, (_, n) => quotas[n % 2]!.reserve(HUB, 1)));
    expect(turns.reduce((sum, { granted }) => sum + granted, 0)).toBe(5);
  });

  it('is shared with the calls and read-backs of the lane', async () => {
    const record = createLaneRecord(database.lanePrisma, REPLICA);
    const tenure = await record.acquire(laneOf(lanes));
    for (let n = 0; n < 8; n++) {
      await record.spendQuota(tenure, RATES.SECURITY_HUB);
    }
    expect(await quotas[0].reserve(HUB, 20)).toMatchObject({ granted: 2 });
    const none = await quotas[0].reserve(HUB, 1);
    expect(none.granted).toBe(0);
    expect(none.wait / 1_000).toBeCloseTo(100, -1);
    expect((await record.pendingWork(tenure)).secondsToFullBurst).toBeCloseTo(1_000, -1);
  });

  it('is at least one request, and belongs to its target alone', async () => {
    expect(await quotas[0].reserve(GUARDDUTY, 5)).toMatchObject({ granted: 1 });
    expect(await quotas[0].reserve(GUARDDUTY, 5)).toMatchObject({ granted: 0 });
    expect(await quotas[0].reserve(HUB, 5)).toMatchObject({ granted: 5 });
  });
});
