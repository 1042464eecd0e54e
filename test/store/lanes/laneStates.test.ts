import { afterAll, beforeAll, expect, it } from 'vitest';
import { addressOf } from '../../../src/config/databaseAddress.js';
import { openDatabase, type Database } from '../../../src/store/connection/client.js';
import { createLaneStates } from '../../../src/store/lanes/laneStates.js';
import { openLanes } from '../../../src/store/lanes/lanes.js';
import { createReadQuota } from '../../../src/store/lanes/readQuota.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { ADMINISTRATOR, HUB } from '../recordFixture.js';

const GUARDDUTY = { ...HUB, service: 'GUARDDUTY' } as const;
const RATES = { SECURITY_HUB: { perSecond: 0.01, burst: 10 }, GUARDDUTY: { perSecond: 5, burst: 10 } };

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

it('reads the available burst, the newest call and the last throttling, in the order of the targets', async () => {
  const { prisma } = database;
  const { idOf } = await openLanes(prisma, [ADMINISTRATOR]);
  const states = createLaneStates(prisma, {
    laneIdOf: idOf,
    rates: RATES,
    throttlingErrors: ['SlowDown'],
    quotaRefusal: { errorCode: 'LimitExceeded', errorMessage: 'account (\\S+ )*limits' },
  });
  const fresh = { lastCallId: null, throttledAt: null, at: expect.any(Date) };
  expect(await states.of([GUARDDUTY, HUB])).toEqual([
    { requestsLeft: 10, ...fresh },
    { requestsLeft: 10, ...fresh },
  ]);

  await createReadQuota(prisma, idOf, RATES).reserve(HUB, 3);
  const call = (
    n: number,
    minute: number,
    error: { errorCode: string; errorMessage?: string; httpStatus: number } | null,
  ) => ({
    ...{
      id: `01900000-0000-7000-8000-00000000000${n}`,
      laneId: idOf(HUB),
      operation: 'CREATE_MEMBERS' as const,
    },
    ...{ accountCount: 1, status: 'REFUSED' as const, finishedAt: new Date(Date.UTC(2026, 0, 1, 0, minute)) },
    ...error,
  });
  await prisma.call.createMany({
    data: [
      call(1, 1, { errorCode: 'SlowDown', httpStatus: 400 }),
      call(2, 2, { errorCode: 'Whatever', httpStatus: 429 }),
      call(3, 3, { errorCode: 'AccessDenied', httpStatus: 403 }),
      call(4, 4, { errorCode: 'LimitExceeded', errorMessage: 'beyond the account limits', httpStatus: 429 }),
      call(5, 5, null),
    ],
  });
  const [hub, guardDuty] = await states.of([HUB, GUARDDUTY]);
  expect(hub?.requestsLeft).toBeCloseTo(7, 0);
  expect(hub?.lastCallId).toBe('01900000-0000-7000-8000-000000000005');
  expect(hub?.throttledAt).toEqual(new Date('2026-01-01T00:02:00Z'));
  expect(guardDuty).toMatchObject({ requestsLeft: 10, lastCallId: null });
});
