import { v7 as uuidv7 } from 'uuid';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LOCAL_CALLER, OUTCOME_STATUSES, REASON_CODES, RETRYABLE_REASONS } from '../../../src/membership.js';
import type { Verdict } from '../../../src/ports/laneRecord.js';
import type { NewRequest, NewRetry, RequestStore, RetrySources } from '../../../src/ports/requests.js';
import { mayBeRetried } from '../../../src/services/answers/retryPolicy.js';
import { createHistoryStore } from '../../../src/store/history/history.js';
import { createRequestStore } from '../../../src/store/requests/requestStore.js';
import { createRetrySources } from '../../../src/store/requests/retryStore.js';
import {
  accountId,
  ADMINISTRATOR,
  newRequest,
  ANY_CALL,
  PROCESSED,
  ownLanes,
  claimOne,
} from '../recordFixture.js';
import { answeredWith, countOutcomes, emptyRecord, readOutcomes, recordFaults } from '../recordReading.js';
import { useRequestRecord } from '../requestRecord.js';

const INTERNAL: Verdict = {
  ...PROCESSED,
  status: 'UNPROCESSED',
  reasonCode: 'INTERNAL_ERROR',
  reason: 'Internal error',
};
const SELF: Verdict = { ...INTERNAL, reasonCode: 'SELF', reason: 'itself' };
const HUB = {
  administrator: ADMINISTRATOR.id,
  service: 'SECURITY_HUB',
  batchKey: 'INVITE_MEMBERS',
  detectorId: null,
} as const;
const IN_IRELAND = { ...HUB, region: 'eu-west-1' };
const IN_VIRGINIA = { ...HUB, region: 'us-east-1' };
const PINNED = {
  ...HUB,
  region: 'us-east-1',
  service: 'GUARDDUTY' as const,
  batchKey: 'INVITE_MEMBERS:pinned',
  detectorId: 'd'.repeat(32),
};

const fixture = useRequestRecord();
let retries: RequestStore;
let sources: RetrySources;
let enqueued: number[][];

beforeAll(() => {
  sources = createRetrySources(fixture.prisma);
  const own = ownLanes((_tx, laneIds) => {
    enqueued.push([...laneIds]);
    return Promise.resolve();
  });
  retries = createRequestStore(fixture.prisma, fixture.lanes.idOf, own);
});
beforeEach(async () => {
  await emptyRecord(fixture.prisma);
  enqueued = [];
});

/** Accepts a request and lets it end: these accounts so at the lane of this region and service, all others processed. */
async function finish(
  request: NewRequest,
  ends: Partial<Record<string, [number, Verdict][]>> = {},
): Promise<string> {
  await fixture.store.insert(request);
  for (const lane of fixture.lanes.all) {
    const tenure = await fixture.record.acquire(lane);
    const exceptions = (ends[`${lane.service} ${lane.region}`] ?? []).map(
      ([number, verdict]): [string, Verdict] => [accountId(number), verdict],
    );
    for (;;) {
      const call = await claimOne(fixture.record, tenure, { ...ANY_CALL, detectorId: 'found' });
      if (call === null) {
        break;
      }
      await fixture.record.settle(tenure, [answeredWith(call, exceptions)], []);
    }
    await fixture.record.release(tenure);
  }
  return request.id;
}

function retryOf(id: string, changes: Partial<NewRetry> = {}): NewRetry {
  return {
    id: uuidv7(),
    caller: LOCAL_CALLER,
    operation: 'INVITE_MEMBERS',
    retryOf: id,
    outcomes: 1,
    reasonCodes: RETRYABLE_REASONS,
    note: null,
    idempotencyKey: null,
    inputHash: 'hash of the retry',
    ...changes,
  };
}

/** The pending accounts of a request and its options, by target. */
async function pendingByTarget(requestId: string): Promise<Record<string, unknown>> {
  const targets = await fixture.prisma.target.findMany({ where: { requestId }, include: { lane: true } });
  const entries = targets.map(async ({ id, lane, batchKey, detectorId, detectorPinned, total, pending }) => {
    const outcomes = (await readOutcomes(fixture.prisma)).filter(
      ({ targetId, laneId, status, callIds }) =>
        targetId === id && laneId === lane.id && status === 'PENDING' && callIds.length === 0,
    );
    const accounts = outcomes.map((outcome) => Number(outcome.accountId));
    expect([total, pending]).toEqual([accounts.length, accounts.length]);
    return [`${lane.service} ${lane.region}`, { accounts, batchKey, detectorId, detectorPinned }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** The statuses of outcomes that have ended. */
const FINAL_STATUSES = OUTCOME_STATUSES.filter((status) => status !== 'PENDING' && status !== 'IN_FLIGHT');

describe('a retry', () => {
  it('sends each account to the targets where it ended with a retryable reason, with the options of the old request', async () => {
    const request = newRequest([1, 2, 3, 4], {
      operation: 'INVITE_MEMBERS',
      targets: [IN_IRELAND, IN_VIRGINIA, PINNED],
      message: 'Join us',
      disableEmailNotification: true,
    });
    const id = await finish(request, {
      'SECURITY_HUB eu-west-1': [
        [1, INTERNAL],
        [2, INTERNAL],
        [3, SELF],
      ],
      'GUARDDUTY us-east-1': [
        [2, INTERNAL],
        [4, { ...INTERNAL, status: 'FAILED', reasonCode: 'UNREACHABLE' }],
      ],
    });
    const retry = retryOf(id, { note: 'again' });
    expect(await retries.insert(retry)).toEqual({ requestId: retry.id, inputHash: retry.inputHash });
    const unpinned = { batchKey: 'INVITE_MEMBERS', detectorId: null, detectorPinned: false };
    expect(await pendingByTarget(retry.id)).toEqual({
      'SECURITY_HUB eu-west-1': { accounts: [1, 2], ...unpinned },
      'GUARDDUTY us-east-1': {
        accounts: [2, 4],
        batchKey: PINNED.batchKey,
        detectorId: PINNED.detectorId,
        detectorPinned: true,
      },
    });
    expect(await fixture.prisma.request.findUnique({ where: { id: retry.id } })).toMatchObject({
      retryOf: id,
      operation: 'INVITE_MEMBERS',
      administrator: ADMINISTRATOR.id,
      status: 'PENDING',
      message: 'Join us',
      disableEmailNotification: true,
      note: 'again',
      openTargets: 2,
      total: 4,
    });
    const people = await fixture.prisma.requestAccount.findMany({ where: { requestId: retry.id } });
    expect(people.map(({ email }) => email).sort()).toEqual([1, 2, 4].map((n) => `a${n}@example.com`));
    expect(await recordFaults(fixture.prisma)).toEqual([]);
    expect(enqueued).toEqual([
      [fixture.lanes.idOf(IN_IRELAND), fixture.lanes.idOf(PINNED)].sort((a, b) => a - b),
    ]);
  });

  it('sends every unsuccessful outcome again if reasonCodes is null', async () => {
    const id = await finish(newRequest([1, 2, 3]), {
      'SECURITY_HUB eu-west-1': [
        [1, INTERNAL],
        [3, SELF],
      ],
    });
    const retry = retryOf(id, { operation: 'CREATE_MEMBERS', reasonCodes: null });
    await retries.insert(retry);
    expect(await pendingByTarget(retry.id)).toMatchObject({ 'SECURITY_HUB eu-west-1': { accounts: [1, 3] } });
  });

  it('of a GuardDuty request finds the detector again unless the caller named it', async () => {
    const targets = [{ ...PINNED, batchKey: 'CREATE_MEMBERS', detectorId: null }];
    const id = await finish(newRequest([1], { targets }), { 'GUARDDUTY us-east-1': [[1, INTERNAL]] });
    expect(await fixture.prisma.target.findFirst()).toMatchObject({ detectorId: 'found' });
    const retry = retryOf(id, { operation: 'CREATE_MEMBERS' });
    await retries.insert(retry);
    expect(await pendingByTarget(retry.id)).toMatchObject({ 'GUARDDUTY us-east-1': { detectorId: null } });
  });

  it('sends again exactly the outcomes that mayBeRetried names, for every status and reason', async () => {
    const outcomes = FINAL_STATUSES.flatMap((status) =>
      [null, ...REASON_CODES].map((reasonCode) => ({ status, reasonCode })),
    );
    const numbers = outcomes.map((_outcome, number) => number);
    const id = await finish(newRequest(numbers));
    const { prisma } = fixture;
    await prisma.$transaction([
      // The triggers that keep the record append-only are off, so that every combination can be written.
      prisma.$executeRaw`SET LOCAL session_replication_role = replica`,
      prisma.$executeRaw`
        UPDATE outcome o SET status = n.status::outcome_status, reason_code = NULLIF(n.reason_code, '')::reason_code
        FROM unnest(
          ${numbers.map(accountId)}::text[],
          ${outcomes.map(({ status }) => status)}::text[],
          ${outcomes.map(({ reasonCode }) => reasonCode ?? '')}::text[]
        ) AS n (account_id, status, reason_code)
        WHERE o.account_id = n.account_id`,
    ]);
    const retry = retryOf(id, { operation: 'CREATE_MEMBERS' });
    await retries.insert(retry);
    const retried = numbers.filter((number) => mayBeRetried(outcomes[number]!));
    expect(retried).toHaveLength(8);
    expect(await pendingByTarget(retry.id)).toMatchObject({
      'SECURITY_HUB eu-west-1': { accounts: retried },
    });
  });

  it('is refused, and nothing written, when there is nothing to retry or the request has not finished', async () => {
    const done = await finish(newRequest([1]), { 'SECURITY_HUB eu-west-1': [[1, SELF]] });
    const open = newRequest([2]);
    await fixture.store.insert(open);
    for (const id of [done, open.id, uuidv7()]) {
      await expect(retries.insert(retryOf(id))).rejects.toThrow('was not written');
    }
    expect(await fixture.prisma.request.count()).toBe(2);
  });

  it('of two at once with one key is one, and the key is good for the same operation only', async () => {
    const id = await finish(newRequest([1]), { 'SECURITY_HUB eu-west-1': [[1, INTERNAL]] });
    for (let round = 0; round < 20; round += 1) {
      const twin = () => retryOf(id, { operation: 'CREATE_MEMBERS', idempotencyKey: `key ${round}` });
      const accepted = await Promise.all([twin(), twin(), twin()].map((retry) => retries.insert(retry)));
      expect(new Set(accepted.map(({ requestId }) => requestId)).size).toBe(1);
    }
    expect(await fixture.prisma.request.count({ where: { retryOf: id } })).toBe(20);
    const other = await fixture.store.insert(newRequest([9], { idempotencyKey: 'key 0' }));
    expect(other.inputHash).toBe('hash of the retry');
  });

  it('of forty thousand outcomes is one statement while every lane has a holder', async () => {
    const accounts = Array.from({ length: 10_000 }, (_, number) => number);
    const targets = fixture.lanes.all.map((lane) => ({
      ...lane,
      batchKey: 'CREATE_MEMBERS',
      detectorId: null,
    }));
    const request = newRequest(accounts, { targets });
    await fixture.store.insert(request);
    for (const lane of fixture.lanes.all) {
      await fixture.record.failPending(await fixture.record.acquire(lane), { ...INTERNAL, status: 'FAILED' });
    }
    const statements: string[] = [];
    const stop = fixture.database.onStatement((sql) => statements.push(sql));
    const startedAt = performance.now();
    await retries.insert(retryOf(request.id, { operation: 'CREATE_MEMBERS' }));
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    stop();
    expect(statements.map((sql) => sql.trim().split(/\s+/)[0])).toEqual(['WITH']);
    expect(await countOutcomes(fixture.prisma)).toMatchObject({ PENDING: 40_000 });
    expect(enqueued).toEqual([]);
  });
});

describe('what there is to retry', () => {
  it('is counted by target and reason, for those who may see it', async () => {
    const targets = [IN_IRELAND, IN_VIRGINIA];
    const id = await finish(newRequest([1, 2, 3], { targets }), {
      'SECURITY_HUB eu-west-1': [
        [1, INTERNAL],
        [2, INTERNAL],
        [3, SELF],
      ],
    });
    const where = { service: 'SECURITY_HUB', region: 'eu-west-1' };
    const source = await sources.find(LOCAL_CALLER, id);
    expect(source).toMatchObject({
      operation: 'CREATE_MEMBERS',
      administrator: ADMINISTRATOR.id,
      status: 'PARTIALLY_SUCCEEDED',
    });
    expect(source?.ended).toHaveLength(2);
    expect(source?.ended).toContainEqual({ ...where, reasonCode: 'INTERNAL_ERROR', outcomes: 2 });
    expect(source?.ended).toContainEqual({ ...where, reasonCode: 'SELF', outcomes: 1 });
    expect(await sources.find({ ...LOCAL_CALLER, administrators: ['archive'] }, id)).toBeNull();
    expect(await sources.find(LOCAL_CALLER, uuidv7())).toBeNull();
  });
});

describe('the links between a request and its retries', () => {
  it('lead both ways, newest first, and are read for many requests in one statement', async () => {
    const history = createHistoryStore(fixture.prisma);
    const id = await finish(newRequest([1]), { 'SECURITY_HUB eu-west-1': [[1, INTERNAL]] });
    const retry = () => retryOf(id, { operation: 'CREATE_MEMBERS' });
    const made = [retry(), retry(), retry()];
    for (const each of made) {
      await retries.insert(each);
    }
    const newest = made.map((each) => each.id).reverse();
    const statements: string[] = [];
    const stop = fixture.database.onStatement((sql) => statements.push(sql));
    const lists = await history.retriesOfRequests([newest[0] ?? '', id, 'no uuid', id], 2);
    stop();
    expect(statements).toHaveLength(1);
    expect(lists.map((rows) => rows.map((row) => row.id))).toEqual([
      [],
      newest.slice(0, 2),
      [],
      newest.slice(0, 2),
    ]);
    expect(lists[1]?.[0]).toMatchObject({ retryOf: id, createdAt: expect.any(Date) as Date });
    const [old, again] = await history.requestsById(LOCAL_CALLER, [id, newest[0] ?? '']);
    expect([old?.retryOf, again?.retryOf]).toEqual([null, id]);
  });
});
