import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClaimLimits, LaneRecord, Tenure, Verdict } from '../../../src/ports/laneRecord.js';
import type { RequestStore } from '../../../src/ports/requests.js';
import type { SecurityService } from '../../../src/membership.js';
import { openDatabase, type Database } from '../../../src/store/connection/client.js';
import { createLaneRecord } from '../../../src/store/lanes/laneRecord.js';
import { openLanes, type Lanes } from '../../../src/store/lanes/lanes.js';
import { createRequestStore } from '../../../src/store/requests/requestStore.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { ADMINISTRATOR, newRequest, NO_LIMIT, PROCESSED, REPLICA } from '../recordFixture.js';
import { answeredWith, emptyRecord, recordFaults } from '../recordReading.js';

const ANY: ClaimLimits = { rate: NO_LIMIT, detectorId: 'd', busyBatchKeys: [], fullOnly: false };
const WIRE = { httpStatus: 200, awsRequestId: 'aws-1', attempts: 1 };

let testDatabase: TestDatabase;
let database: Database;
let lanes: Lanes;
let store: RequestStore;
let record: LaneRecord;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url);
  lanes = await openLanes(database.prisma, [ADMINISTRATOR]);
  store = createRequestStore(database.prisma, lanes.idOf, () => Promise.resolve());
  record = createLaneRecord(database.prisma, REPLICA);
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});
beforeEach(() => emptyRecord(database.prisma));

const laneOf = (service: SecurityService) =>
  lanes.byId(lanes.idOf({ administrator: ADMINISTRATOR.id, service, region: 'eu-west-1' })) ??
  expect.unreachable();

/** A request to disassociate two accounts, in a lane that is held. */
async function disassociate(service: SecurityService = 'SECURITY_HUB'): Promise<Tenure> {
  const request = newRequest([1, 2], { operation: 'DISASSOCIATE_MEMBERS' });
  const targets = request.targets.map((target) => ({ ...target, service, batchKey: 'DISASSOCIATE_MEMBERS' }));
  await store.insert({ ...request, targets });
  return record.acquire(laneOf(service));
}

const claim = (tenure: Tenure) => vi.waitUntil(() => record.claim(tenure, ANY));
const call = () => database.prisma.call.findFirstOrThrow({ orderBy: { id: 'asc' } });

describe('a call whose answer says nothing of single accounts', () => {
  it('is ANSWERED, and its outcomes are IN_FLIGHT until a read-back', async () => {
    const tenure = await disassociate();
    const claimed = await claim(tenure);
    expect(await record.markAnswered(tenure, claimed.callId, WIRE)).toBe('MARKED');
    expect(await record.markAnswered(tenure, claimed.callId, { ...WIRE, awsRequestId: 'again' })).toBe(
      'MARKED',
    );
    expect(await call()).toMatchObject({
      status: 'ANSWERED',
      httpStatus: 200,
      awsRequestId: 'aws-1',
      settledAt: null,
    });
    expect(await database.prisma.outcome.count({ where: { status: 'IN_FLIGHT' } })).toBe(2);
    expect(await record.release(tenure)).toBe('WORK_WAITS');

    await record.settle(tenure, [{ ...answeredWith(claimed), metadata: null }], [0]);
    expect(await call()).toMatchObject({
      status: 'ANSWERED',
      awsRequestId: 'aws-1',
      settledAt: expect.any(Date),
    });
    expect(await database.prisma.request.findFirst()).toMatchObject({ status: 'SUCCEEDED' });
    expect(await recordFaults(database.prisma)).toEqual([]);
  });

  it('is adopted as ANSWERED by the next holder, and a holder that lost its lane writes nothing', async () => {
    const frozen = await disassociate();
    const claimed = await claim(frozen);
    await record.markAnswered(frozen, claimed.callId, WIRE);
    const successor = await record.acquire(laneOf('SECURITY_HUB'));
    expect(await record.adoptOpenCalls(successor, [])).toMatchObject([
      { callId: claimed.callId, operation: 'DISASSOCIATE_MEMBERS', acknowledged: true },
    ]);
    expect(await call()).toMatchObject({ status: 'ANSWERED', errorCode: null, errorMessage: null });

    expect(await record.markAnswered(frozen, claimed.callId, WIRE)).toBe('LOST');
  });
});

describe('"not associated"', () => {
  const echo: Verdict = {
    ...PROCESSED,
    status: 'UNPROCESSED',
    reasonCode: 'NOT_ASSOCIATED',
    reason: 'before the call',
    processedIfInDoubt: true,
  };
  const still: Verdict = { ...echo, reasonCode: 'STILL_ASSOCIATED', retry: true, processedIfInDoubt: false };

  it.each([
    ['SECURITY_HUB', 'ANSWERED', 'PROCESSED'],
    ['SECURITY_HUB', 'UNANSWERED', 'PROCESSED'],
    ['SECURITY_HUB', 'REFUSED', 'UNPROCESSED'],
    ['GUARDDUTY', 'UNANSWERED', 'PROCESSED'],
    // GuardDuty says what it did: an earlier answer is no doubt.
    ['GUARDDUTY', 'ANSWERED', 'UNPROCESSED'],
  ] as const)('of %s after a call of ours that was %s means %s', async (service, status, expected) => {
    const tenure = await disassociate(service);
    const first = await claim(tenure);
    await record.settle(tenure, [{ ...answeredWith(first), status, defaultVerdict: still }], [0]);
    const second = await claim(tenure);
    await record.settle(tenure, [{ ...answeredWith(second), defaultVerdict: echo }], [0]);
    const outcomes = await database.prisma.outcome.findMany();
    expect(outcomes.map((outcome) => outcome.status)).toEqual([expected, expected]);
  });
});
