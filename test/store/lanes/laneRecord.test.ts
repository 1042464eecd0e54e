import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClaimedCall, ClaimLimits, Tenure, Verdict } from '../../../src/ports/laneRecord.js';
import { createRequestStore } from '../../../src/store/requests/requestStore.js';
import { byRunLength } from '../../support/runLength.js';
import {
  accountId,
  ADMINISTRATOR,
  ANY_CALL,
  claimOne,
  HUB,
  laneOf,
  newRequest,
  ownLanes,
  PROCESSED,
} from '../recordFixture.js';
import { answeredWith, countOutcomes, emptyRecord, readOutcomes } from '../recordReading.js';
import { useRequestRecord } from '../requestRecord.js';

const DELAYS = [0, 0];

const fixture = useRequestRecord();
let tenure: Tenure;
beforeEach(async () => {
  await empty();
  tenure = await fixture.record.acquire(lane());
});

const empty = () => emptyRecord(fixture.prisma);
const lane = () => laneOf(fixture.lanes);
const numbers = (count: number, first = 0) => Array.from({ length: count }, (_, index) => first + index);
const verbOf = (sql: string) =>
  sql
    .replace(/^\s*\/\*.*?\*\//, '')
    .trim()
    .split(/\s+/)[0];
const idsOf = (call: ClaimedCall | null) => call?.accounts.map((account) => account.accountId) ?? [];

async function claim(limits: Partial<ClaimLimits> = {}): Promise<ClaimedCall> {
  return (
    (await claimOne(fixture.record, tenure, { ...ANY_CALL, ...limits })) ??
    expect.fail('nothing could be claimed')
  );
}

describe('a claim', () => {
  it('carries every account once, at most 50 in a call, in as few calls as possible, however requests overlap', async () => {
    const request = fc.uniqueArray(fc.integer({ min: 0, max: 180 }), { minLength: 1, maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(request, { minLength: 1, maxLength: 6 }),
        fc.infiniteStream(fc.boolean()),
        fc.integer({ min: 1, max: 3 }),
        async (requests, settleNow, mostCalls) => {
          await empty();
          for (const accounts of requests) {
            await fixture.store.insert(newRequest(accounts));
          }
          const inFlight: ClaimedCall[] = [];
          let calls = 0;
          for (;;) {
            const claimed = await fixture.record.claim(tenure, { ...ANY_CALL, mostCalls });
            if (claimed.length === 0 && inFlight.length === 0) {
              break;
            }
            expect(claimed.length).toBeLessThanOrEqual(mostCalls);
            for (const call of claimed) {
              const ids = idsOf(call);
              expect(claimed.length === 1 ? ids.length <= 50 : ids.length === 50).toBe(true);
              expect(new Set(ids).size).toBe(ids.length);
              expect(inFlight.flatMap(idsOf).filter((id) => ids.includes(id))).toEqual([]);
              inFlight.push(call);
            }
            calls += claimed.length;
            if (claimed.length === 0 || settleNow.next().value) {
              await fixture.record.settle(
                tenure,
                inFlight.splice(0).map((each) => answeredWith(each)),
                DELAYS,
              );
            }
          }
          const distinct = new Set(requests.flat()).size;
          expect(calls).toBe(Math.ceil(distinct / 50));
          const sends = await readOutcomes(fixture.prisma);
          expect(sends).toHaveLength(requests.flat().length);
          for (const { status, callIds } of sends) {
            expect([status, callIds.length]).toEqual(['PROCESSED', 1]);
          }
          const open = await fixture.prisma.request.count({ where: { status: { not: 'SUCCEEDED' } } });
          expect(open).toBe(0);
        },
      ),
      { numRuns: byRunLength(25, 250) },
    );
  });

  it('serves requests in turns: one account does not wait for ten thousand', async () => {
    await fixture.store.insert(newRequest(numbers(500)));
    await fixture.store.insert(newRequest([900]));
    const calls = [await claim(), await claim()];
    expect(calls.some((call) => idsOf(call).includes(accountId(900)))).toBe(true);
  });

  it('waits for a full call where one of its kind is in flight or only full ones may leave', async () => {
    await fixture.store.insert(newRequest(numbers(49)));
    expect(
      await claimOne(fixture.record, tenure, { ...ANY_CALL, busyBatchKeys: ['CREATE_MEMBERS'] }),
    ).toBeNull();
    expect(await claimOne(fixture.record, tenure, { ...ANY_CALL, fullOnly: true })).toBeNull();
    await fixture.store.insert(newRequest([777]));
    expect(idsOf(await claim({ busyBatchKeys: ['CREATE_MEMBERS'], fullOnly: true }))).toHaveLength(50);
  });

  it('leaves the rest of a long request where only full calls may leave, and takes it as soon as others may', async () => {
    await fixture.store.insert(newRequest(numbers(130)));
    const busyBatchKeys = ['CREATE_MEMBERS'];
    const full = await fixture.record.claim(tenure, {
      ...ANY_CALL,
      mostCalls: 5,
      busyBatchKeys,
      fullOnly: true,
    });
    expect(full.flatMap(idsOf)).toEqual(numbers(100).map(accountId));
    expect(await claimOne(fixture.record, tenure, { ...ANY_CALL, busyBatchKeys })).toBeNull();
    expect(await claimOne(fixture.record, tenure, { ...ANY_CALL, fullOnly: true })).toBeNull();
    expect(idsOf(await claim())).toEqual(numbers(30, 100).map(accountId));
  });

  it('leaves accounts that an earlier request has in flight, though its lane has one request that waits', async () => {
    await fixture.store.insert(newRequest(numbers(60)));
    const creations = [await claim(), await claim()];
    const deletion = newRequest(numbers(60, 10), { operation: 'DELETE_MEMBERS' });
    const targets = deletion.targets.map((target) => ({ ...target, batchKey: 'DELETE_MEMBERS' }));
    await fixture.store.insert({ ...deletion, targets });
    expect(await claimOne(fixture.record, tenure, ANY_CALL)).toBeNull();
    await fixture.record.settle(
      tenure,
      creations.map((call) => answeredWith(call)),
      DELAYS,
    );
    const next = await vi.waitUntil(() => claimOne(fixture.record, tenure, ANY_CALL));
    expect(idsOf(next)).toEqual(numbers(50, 10).map(accountId));
  });

  it('never mixes batch keys, and lets no invitation overtake the creation of its account', async () => {
    await fixture.store.insert(newRequest([1, 2]));
    const invite = newRequest([2, 3], { operation: 'INVITE_MEMBERS' });
    await fixture.store.insert({
      ...invite,
      targets: invite.targets.map((t) => ({ ...t, batchKey: 'INVITE_MEMBERS' })),
    });
    const create = await claim();
    expect([create.operation, idsOf(create)]).toEqual(['CREATE_MEMBERS', [accountId(1), accountId(2)]]);
    const early = await claim();
    expect([early.operation, idsOf(early)]).toEqual(['INVITE_MEMBERS', [accountId(3)]]);
    expect(await claimOne(fixture.record, tenure, ANY_CALL)).toBeNull();
    await fixture.record.settle(tenure, [answeredWith(create)], DELAYS);
    await expect
      .poll(async () => idsOf(await claimOne(fixture.record, tenure, ANY_CALL)))
      .toEqual([accountId(2)]);
  });

  it('sends two e-mail addresses for one account in two calls, one after the other', async () => {
    await fixture.store.insert(newRequest([5]));
    await fixture.store.insert(
      newRequest([5], { accounts: [{ accountId: accountId(5), email: 'other@example.com' }] }),
    );
    const first = await claim();
    expect(first.accounts).toEqual([{ accountId: accountId(5), email: 'a5@example.com' }]);
    expect(await claimOne(fixture.record, tenure, ANY_CALL)).toBeNull();
    await fixture.record.settle(tenure, [answeredWith(first)], DELAYS);
    await expect
      .poll(async () => (await claimOne(fixture.record, tenure, ANY_CALL))?.accounts)
      .toEqual([{ accountId: accountId(5), email: 'other@example.com' }]);
  });

  it('does not carry accounts whose detector is not known', async () => {
    const guardDuty = { ...HUB, service: 'GUARDDUTY' as const, batchKey: 'CREATE_MEMBERS', detectorId: null };
    const pinned = { ...guardDuty, batchKey: 'CREATE_MEMBERS:pinned', detectorId: 'd'.repeat(32) };
    await fixture.store.insert(newRequest([1], { targets: [guardDuty] }));
    await fixture.store.insert(newRequest([2], { targets: [pinned] }));
    const guardDutyLane = laneOf(fixture.lanes, guardDuty);
    const guardDutyTenure = await fixture.record.acquire(guardDutyLane);
    const first = await claimOne(fixture.record, guardDutyTenure, ANY_CALL);
    expect(first).toMatchObject({ detectorId: 'd'.repeat(32), detectorPinned: true });
    expect(await claimOne(fixture.record, guardDutyTenure, ANY_CALL)).toBeNull();
    const second = await claimOne(fixture.record, guardDutyTenure, { ...ANY_CALL, detectorId: 'found' });
    expect(second).toMatchObject({ detectorId: 'found', detectorPinned: false });
  });
});

describe('a settlement', () => {
  it('puts a retryable account back to PENDING until its sends are used up, then keeps the reason', async () => {
    await fixture.store.insert(newRequest([1]));
    const refused: Verdict = {
      status: 'UNPROCESSED',
      reasonCode: 'INTERNAL_ERROR',
      reason: 'Internal error',
      retry: true,
      processedIfInDoubt: false,
    };
    for (let send = 1; send <= DELAYS.length + 1; send += 1) {
      const call = await vi.waitUntil(() => claimOne(fixture.record, tenure, ANY_CALL));
      await fixture.record.settle(tenure, [answeredWith(call, [[accountId(1), refused]])], DELAYS);
    }
    const [outcome] = await readOutcomes(fixture.prisma);
    expect(outcome).toMatchObject({
      status: 'UNPROCESSED',
      reasonCode: 'INTERNAL_ERROR',
      reason: 'Internal error',
    });
    expect(outcome?.callIds).toHaveLength(DELAYS.length + 1);
    expect(await fixture.prisma.request.findFirst()).toMatchObject({ status: 'FAILED', openTargets: 0 });
  });

  it('makes the retried accounts of a call due at the same moment, so that they share a call again', async () => {
    const refused: Verdict = { ...PROCESSED, status: 'FAILED', reasonCode: 'THROTTLED', retry: true };
    await fixture.store.insert(newRequest(numbers(50)));
    await fixture.record.settle(tenure, [{ ...answeredWith(await claim()), defaultVerdict: refused }], [60]);
    const moments = await fixture.prisma.$queryRaw`SELECT DISTINCT due_at FROM queued_account`;
    expect(moments).toHaveLength(1);
  });

  it('takes "already a member" for the echo of an earlier call only if the answer of that call was lost', async () => {
    const echo: Verdict = {
      status: 'UNPROCESSED',
      reasonCode: 'ALREADY_MEMBER',
      reason: 'already a member',
      retry: false,
      processedIfInDoubt: true,
    };
    const lost: Verdict = {
      status: 'FAILED',
      reasonCode: 'UNREACHABLE',
      reason: 'lost',
      retry: true,
      processedIfInDoubt: false,
    };
    for (const [first, attempts, expected] of [
      ['UNANSWERED', 1, 'PROCESSED'],
      ['UNANSWERED', 0, 'UNPROCESSED'],
      ['REFUSED', 1, 'UNPROCESSED'],
    ] as const) {
      await empty();
      await fixture.store.insert(newRequest([1]));
      const metadata = { httpStatus: null, awsRequestId: null, attempts };
      await fixture.record.settle(
        tenure,
        [{ ...answeredWith(await claim()), status: first, metadata, defaultVerdict: lost }],
        DELAYS,
      );
      const again = await vi.waitUntil(() => claimOne(fixture.record, tenure, ANY_CALL));
      await fixture.record.settle(tenure, [answeredWith(again, [[accountId(1), echo]])], DELAYS);
      const [outcome] = await readOutcomes(fixture.prisma);
      expect([first, attempts, outcome?.status]).toEqual([first, attempts, expected]);
      expect(outcome?.reasonCode).toBe(expected === 'PROCESSED' ? null : 'ALREADY_MEMBER');
    }
  });

  it('changes nothing when repeated, and nothing for a worker that has lost its lane', async () => {
    await fixture.store.insert(newRequest([1, 2]));
    const call = await claim();
    const successor = await fixture.record.acquire(lane());
    const failed: Verdict = {
      status: 'FAILED',
      reasonCode: 'OTHER',
      reason: 'late',
      retry: false,
      processedIfInDoubt: false,
    };
    await fixture.record.settle(tenure, [{ ...answeredWith(call), defaultVerdict: failed }], DELAYS);
    expect(await countOutcomes(fixture.prisma)).toEqual({ IN_FLIGHT: 2 });
    expect(await claimOne(fixture.record, tenure, ANY_CALL)).toBeNull();
    expect(await fixture.record.adoptOpenCalls(successor, [])).toMatchObject([{ callId: call.callId }]);
    expect(await fixture.prisma.call.findFirst()).toMatchObject({
      status: 'UNANSWERED',
      attempts: 1,
      errorCode: 'WorkerLost',
      settledAt: null,
    });
    await fixture.record.settle(successor, [answeredWith(call)], DELAYS);
    await fixture.record.settle(successor, [{ ...answeredWith(call), defaultVerdict: failed }], DELAYS);
    expect(await countOutcomes(fixture.prisma)).toEqual({ PROCESSED: 2 });
    expect(await fixture.prisma.target.findFirst()).toMatchObject({ processed: 2, inFlight: 0, failed: 0 });
  });

  it('finishes each request once, when lanes settle its last targets at the same moment', async () => {
    const targets = ADMINISTRATOR.regions.flatMap((region) =>
      ADMINISTRATOR.services.map((service) => ({
        ...HUB,
        region,
        service,
        batchKey: 'CREATE_MEMBERS',
        detectorId: null,
      })),
    );
    const requests = numbers(20).map((number) => newRequest([number], { targets }));
    await Promise.all(requests.map((request) => fixture.store.insert(request)));
    const tenures = await Promise.all(fixture.lanes.all.map((each) => fixture.record.acquire(each)));
    const work = await Promise.all(
      tenures.map(async (each) => ({
        each,
        call: await claimOne(fixture.record, each, { ...ANY_CALL, detectorId: 'd' }),
      })),
    );
    await Promise.all(
      work.map(({ each, call }) =>
        fixture.record.settle(each, [answeredWith(call ?? expect.unreachable())], DELAYS),
      ),
    );
    expect(await fixture.prisma.request.count({ where: { status: 'SUCCEEDED', openTargets: 0 } })).toBe(20);
  });
});

describe('a lane', () => {
  it('is released only when no work waits', async () => {
    await fixture.store.insert(newRequest([1]));
    expect(await fixture.record.release(tenure)).toBe('WORK_WAITS');
    await fixture.record.settle(tenure, [answeredWith(await claim())], DELAYS);
    expect(await fixture.record.release(tenure)).toBe('RELEASED');
    expect(await fixture.record.release(tenure)).toBe('LOST');
  });

  it('fails accounts whose detector does not exist, without a call', async () => {
    await fixture.store.insert(newRequest([1, 2]));
    const verdict: Verdict = {
      status: 'FAILED',
      reasonCode: 'SERVICE_NOT_ENABLED',
      reason: 'no detector',
      retry: false,
      processedIfInDoubt: false,
    };
    await fixture.record.failPending(tenure, verdict);
    expect(await readOutcomes(fixture.prisma)).toMatchObject([
      { status: 'FAILED', reason: 'no detector', callIds: [] },
      { status: 'FAILED', reason: 'no detector', callIds: [] },
    ]);
    expect(await fixture.prisma.request.findFirst()).toMatchObject({ status: 'FAILED' });
    expect(await fixture.record.pendingWork(tenure)).toMatchObject({ outcomes: 0, dueInMs: null });
  });
});

describe('accepting a request', () => {
  it('is one statement for ten thousand accounts at four targets that have a holder', async () => {
    await Promise.all(fixture.lanes.all.map((each) => fixture.record.acquire(each)));
    const statements: string[] = [];
    const stop = fixture.database.onStatement((sql) => statements.push(sql));
    const targets = fixture.lanes.all.map((each) => ({
      ...each,
      batchKey: 'CREATE_MEMBERS',
      detectorId: null,
    }));
    await fixture.store.insert(newRequest(numbers(10_000), { targets }));
    stop();
    expect(statements.map(verbOf)).toEqual(['WITH']);
    expect(await countOutcomes(fixture.prisma)).toEqual({ PENDING: 40_000 });
    expect([await fixture.prisma.outcome.count(), await fixture.prisma.queuedAccount.count()]).toEqual([
      0, 0,
    ]);
    expect(await fixture.prisma.requestAccount.count()).toBe(10_000);
  });

  it('puts a job on the lanes without a holder, and writes nothing when that fails', async () => {
    await fixture.record.release(tenure);
    const enqueued: number[][] = [];
    const woken: number[][] = [];
    const own = {
      ...ownLanes((_tx, laneIds) => {
        enqueued.push([...laneIds]);
        return Promise.resolve();
      }),
      wake: (laneIds: readonly number[]) => woken.push([...laneIds]),
    };
    const withJobs = createRequestStore(fixture.prisma, fixture.lanes.idOf, own);
    await withJobs.insert(newRequest([1]));
    await fixture.record.acquire(lane());
    await withJobs.insert(newRequest([2]));
    expect(enqueued).toEqual([[lane().id]]);
    expect(woken).toEqual([[], [lane().id]]);

    await fixture.prisma.$executeRaw`UPDATE lane SET holder = NULL`;
    const noQueue = ownLanes(() => Promise.reject(new Error('no queue')));
    const failing = createRequestStore(fixture.prisma, fixture.lanes.idOf, noQueue);
    await expect(failing.insert(newRequest([3]))).rejects.toThrow('no queue');
    expect(await fixture.prisma.requestAccount.count()).toBe(2);
    expect(await fixture.prisma.request.count()).toBe(2);
  });
});

describe('the quota of a lane', () => {
  // A request is worth 100 seconds of it: the seconds that a slow machine takes between two statements do not count.
  const rate = { perSecond: 0.01, burst: 3 };

  it('lets as many requests leave as the burst, calls and reads together, whichever worker holds the lane', async () => {
    await fixture.prisma.$executeRaw`UPDATE lane SET quota_back_at = now()`;
    await fixture.store.insert(newRequest(numbers(400)));
    expect((await claim({ rate })).secondsToFullBurst).toBeCloseTo(100, -2);
    expect(await fixture.record.spendQuota(tenure, rate)).toBe(true);
    expect((await claim({ rate })).secondsToFullBurst).toBeCloseTo(300, -2);
    expect(await claimOne(fixture.record, tenure, { ...ANY_CALL, rate })).toBeNull();
    const successor = await fixture.record.acquire(lane());
    expect(await claimOne(fixture.record, successor, { ...ANY_CALL, rate })).toBeNull();
    expect((await fixture.record.pendingWork(successor)).secondsToFullBurst).toBeCloseTo(300, -2);
    expect(await fixture.record.spendQuota(tenure, rate)).toBe(false);
    await fixture.prisma.$executeRaw`UPDATE lane SET quota_back_at = quota_back_at - interval '100 s'`;
    expect(await claimOne(fixture.record, successor, { ...ANY_CALL, rate })).not.toBeNull();
    expect(await claimOne(fixture.record, successor, { ...ANY_CALL, rate })).toBeNull();
  });
});
