import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ClaimedCall, ClaimLimits, Tenure } from '../../../src/ports/laneRecord.js';
import { accountId, ANY_CALL, newRequest, PROCESSED } from '../recordFixture.js';
import { answeredWith, countOutcomes, emptyRecord } from '../recordReading.js';
import { useRequestRecord } from '../requestRecord.js';

const ANY = { ...ANY_CALL, detectorId: 'd' };

const fixture = useRequestRecord();
let tenures: readonly Tenure[];
beforeEach(async () => {
  await emptyRecord(fixture.prisma);
  await fixture.prisma.$executeRaw`UPDATE lane SET quota_back_at = now()`;
  tenures = await Promise.all(fixture.lanes.all.map((lane) => fixture.record.acquire(lane)));
  expect(tenures).toHaveLength(4);
});

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

/** A request to create accounts at the first targets. */
const insert = (accounts: number, targets = tenures.length) =>
  fixture.store.insert(
    newRequest(numbers(accounts), {
      targets: fixture.lanes.all
        .slice(0, targets)
        .map((lane) => ({ ...lane, batchKey: 'CREATE_MEMBERS', detectorId: null })),
    }),
  );

const claimAll = (limits: Partial<ClaimLimits> = {}) =>
  Promise.all(tenures.map((tenure) => fixture.record.claim(tenure, { ...ANY, ...limits })));

const settle = (tenure: Tenure, calls: readonly ClaimedCall[]) =>
  fixture.record.settle(
    tenure,
    calls.map((call) => answeredWith(call)),
    [],
  );

/** The names of the prepared statements that `work` runs. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const names: string[] = [];
  const stop = fixture.database.onStatement((sql) => {
    names.push(/prepared: (\w+)/.exec(sql)?.[1] ?? sql);
  });
  await work();
  stop();
  return names;
}

/** Runs `work` while another connection has the lane's row locked, as a cancellation has. */
async function whileLocked<Result>(tenure: Tenure, work: () => Promise<Result>): Promise<Result> {
  return fixture.prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM lane WHERE id = ${tenure.lane.id}::int FOR UPDATE`;
    return work();
  });
}

const sizesOf = (calls: readonly ClaimedCall[] | undefined) => calls?.map(({ accounts }) => accounts.length);

describe('several calls of one claim', () => {
  it.each([
    { accounts: 170, mostCalls: 5, sizes: [50, 50, 50], pending: 20 },
    { accounts: 170, mostCalls: 2, sizes: [50, 50], pending: 70 },
    { accounts: 50, mostCalls: 5, sizes: [50], pending: 0 },
    { accounts: 49, mostCalls: 5, sizes: [49], pending: 0 },
    { accounts: 1, mostCalls: 5, sizes: [1], pending: 0 },
  ])('are full ones: $sizes of $accounts accounts', async ({ accounts, mostCalls, sizes, pending }) => {
    await insert(accounts, 1);
    const [calls = []] = await claimAll({ mostCalls });
    expect(sizesOf(calls)).toEqual(sizes);
    expect(calls.map(({ pendingInLane }) => pendingInLane)).toEqual(sizes.map(() => pending));
    const ids = calls.flatMap((call) => call.accounts.map((account) => account.accountId));
    expect(ids).toEqual(numbers(ids.length).map(accountId));
    expect(await fixture.prisma.call.count({ where: { status: 'SENT' } })).toBe(sizes.length);
  });

  it('are as many as the quota lets leave, and spend it', async () => {
    await insert(500, 1);
    const rate = { perSecond: 0.01, burst: 3 };
    const [calls] = await claimAll({ mostCalls: 5, rate });
    expect(sizesOf(calls)).toEqual([50, 50, 50]);
    expect(calls?.[0]?.secondsToFullBurst).toBeCloseTo(300, -2);
    expect((await claimAll({ mostCalls: 5, rate }))[0]).toEqual([]);
  });

  it('have one batch key, that of the request which waits longest', async () => {
    await insert(100, 1);
    const other = newRequest(
      numbers(300).map((number) => number + 1_000),
      { operation: 'INVITE_MEMBERS' },
    );
    const [lane] = fixture.lanes.all;
    const targets = [{ ...(lane ?? expect.unreachable()), batchKey: 'INVITE_MEMBERS', detectorId: null }];
    await fixture.store.insert({ ...other, targets });
    const keys = (calls: readonly ClaimedCall[] | undefined) => calls?.map(({ batchKey }) => batchKey);
    expect(keys((await claimAll({ mostCalls: 5 }))[0])).toEqual(['CREATE_MEMBERS', 'CREATE_MEMBERS']);
    expect(keys((await claimAll({ mostCalls: 2 }))[0])).toEqual(['INVITE_MEMBERS', 'INVITE_MEMBERS']);
  });
});

describe('lanes that claim or settle at the same time', () => {
  it('share a statement', async () => {
    await insert(120);
    let calls: (readonly ClaimedCall[])[] = [];
    const claims = await statementsOf(async () => {
      calls = await claimAll({ mostCalls: 2 });
    });
    expect(claims).toEqual(['claim_calls_pass']);
    expect(calls.map(sizesOf)).toEqual([
      [50, 50],
      [50, 50],
      [50, 50],
      [50, 50],
    ]);
    const settlements = await statementsOf(() =>
      Promise.all(tenures.map((tenure, place) => settle(tenure, calls[place] ?? []))),
    );
    expect(settlements).toEqual(['settle_calls_pass']);
    expect(await countOutcomes(fixture.prisma)).toEqual({ PENDING: 80, PROCESSED: 400 });
  });

  it('do not wait for one whose row is locked', async () => {
    await insert(50);
    const [locked = expect.unreachable(), ...others] = tenures;
    let late: Promise<readonly ClaimedCall[]> | undefined;
    const early = await whileLocked(locked, async () => {
      late = fixture.record.claim(locked, ANY);
      await sleep(50);
      return Promise.all(others.map((tenure) => fixture.record.claim(tenure, ANY)));
    });
    expect(early.map(sizesOf)).toEqual([[50], [50], [50]]);
    const calls = await late;
    expect(sizesOf(calls)).toEqual([50]);

    let lateEnd: Promise<string> | undefined;
    const ends = await whileLocked(locked, async () => {
      lateEnd = settle(locked, calls ?? []);
      await sleep(50);
      return Promise.all(others.map((tenure, place) => settle(tenure, early[place] ?? [])));
    });
    expect([...ends, await lateEnd]).toEqual(['SETTLED', 'SETTLED', 'SETTLED', 'SETTLED']);
    expect(await countOutcomes(fixture.prisma)).toEqual({ PROCESSED: 200 });
  });

  it('change nothing of a lane that another worker has taken over', async () => {
    await insert(50);
    const [lost = expect.unreachable(), ...others] = tenures;
    const calls = await claimAll();
    const successor = await fixture.record.acquire(lost.lane);
    expect(await Promise.all(tenures.map((tenure, place) => settle(tenure, calls[place] ?? [])))).toEqual([
      'LOST',
      'SETTLED',
      'SETTLED',
      'SETTLED',
    ]);
    await insert(20);
    const claimed = await Promise.all(
      [lost, successor, ...others].map((tenure) => fixture.record.claim(tenure, { ...ANY, fullOnly: false })),
    );
    expect(claimed.map(sizesOf)).toEqual([[], [], [20], [20], [20]]);
  });

  it('settle nothing for an earlier worker of a lane whose present worker shares the statement', async () => {
    await insert(150, 1);
    const [earlier = expect.unreachable()] = tenures;
    const [first = []] = await claimAll();
    const present = await fixture.record.acquire(earlier.lane);
    const second = await fixture.record.claim(present, ANY);
    expect(await Promise.all([settle(earlier, first), settle(present, second)])).toEqual(['LOST', 'SETTLED']);
    expect(await countOutcomes(fixture.prisma)).toEqual({ PENDING: 50, IN_FLIGHT: 50, PROCESSED: 50 });
  });

  it('are refused alone for a value that PostgreSQL does not take', async () => {
    await insert(50);
    const calls = await claimAll();
    const bad = { ...PROCESSED, status: 'UNPROCESSED', reasonCode: 'OTHER', reason: 'a\0b' } as const;
    const ends = await Promise.all(
      tenures.map((tenure, place) => {
        const [call = expect.unreachable()] = calls[place] ?? [];
        return fixture.record.settle(
          tenure,
          [answeredWith(call, place === 2 ? [[accountId(1), bad]] : [])],
          [],
        );
      }),
    );
    expect(ends).toEqual(['SETTLED', 'SETTLED', 'REJECTED', 'SETTLED']);
    expect(await countOutcomes(fixture.prisma)).toEqual({ PROCESSED: 150, IN_FLIGHT: 50 });
  });
});
