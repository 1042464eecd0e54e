import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Arrival } from '../../../src/lanes/interpretArrival.js';
import type { LaneDependencies } from '../../../src/lanes/laneDependencies.js';
import { recordArrivals } from '../../../src/lanes/recordArrivals.js';
import { createLog } from '../../../src/log.js';
import type { ClaimedCall, Tenure } from '../../../src/ports/laneRecord.js';
import type { Answered } from '../../../src/ports/upstream.js';
import { accountId, ANY_CALL, claimOne, laneOf, newRequest, PROCESSED } from '../recordFixture.js';
import { answeredWith, emptyRecord, readOutcomes, recordFaults } from '../recordReading.js';
import { useRequestRecord } from '../requestRecord.js';

const ANY = { ...ANY_CALL, detectorId: 'd' };
const ANSWER: Answered = {
  kind: 'ANSWERED',
  metadata: { httpStatus: 200, awsRequestId: 'r', attempts: 1 },
  unprocessed: [],
};

const fixture = useRequestRecord();
beforeEach(() => emptyRecord(fixture.prisma));

/** Two calls of one lane that are in flight. */
async function twoCalls(): Promise<{ tenure: Tenure; calls: readonly [ClaimedCall, ClaimedCall] }> {
  const tenure = await fixture.record.acquire(laneOf(fixture.lanes));
  const claim = async (first: number): Promise<ClaimedCall> => {
    const request = newRequest([first, first + 1]);
    await fixture.store.insert(request);
    return vi.waitUntil(() => claimOne(fixture.record, tenure, ANY));
  };
  return { tenure, calls: [await claim(1), await claim(11)] };
}

describe('a settlement that the record does not take', () => {
  it('is told apart from a database that fails, and writes nothing', async () => {
    const { tenure, calls } = await twoCalls();
    const reason = 'a\0b';
    const verdict = { ...PROCESSED, status: 'UNPROCESSED', reasonCode: 'OTHER', reason } as const;
    const bad = answeredWith(calls[0], [[accountId(1), verdict]]);
    expect(await fixture.record.settle(tenure, [bad, answeredWith(calls[1])], [])).toBe('REJECTED');
    expect(await fixture.prisma.call.count({ where: { settledAt: null } })).toBe(2);
  });

  it('leaves its call in doubt, and settles the others', async () => {
    const { tenure, calls } = await twoCalls();
    const arrival = (call: ClaimedCall, result: string | null): Arrival => ({
      kind: 'ANSWER',
      call,
      answer: {
        ...ANSWER,
        unprocessed: result === null ? [] : [{ accountId: call.accounts[0]?.accountId ?? '', result }],
      },
      sentAt: performance.now(),
    });
    const log = createLog('silent');
    const deps = {
      record: fixture.record,
      detector: null,
      invitationLandsWithinMs: 1_000,
      retryDelays: [],
      log,
    } as unknown as LaneDependencies;
    const arrivals = [arrival(calls[0], 'a\0b'), arrival(calls[1], null)];
    expect(await recordArrivals(tenure, deps, arrivals)).toMatchObject([
      { interpretation: { kind: 'REJECTED', inDoubt: { call: { callId: calls[0].callId } } } },
      { interpretation: { kind: 'SETTLES' } },
    ]);
    const rows = await fixture.prisma.call.findMany({ orderBy: { id: 'asc' } });
    expect(rows).toMatchObject([
      {
        status: 'UNANSWERED',
        settledAt: null,
        readBackError: 'the record does not take what the answer says; the members are read back',
      },
      { status: 'ANSWERED', settledAt: expect.any(Date) },
    ]);
    expect(await recordFaults(fixture.prisma)).toEqual([]);
  });
});

describe('a settlement of some accounts', () => {
  it('leaves the others in flight and the call open, and does not touch an account that another call carries', async () => {
    const { tenure, calls } = await twoCalls();
    const [call] = calls;
    const again = {
      ...PROCESSED,
      status: 'FAILED',
      reasonCode: 'UNREACHABLE',
      reason: 'x',
      retry: true,
    } as const;
    const partly = { ...answeredWith(call, [[accountId(1), again]]), defaultVerdict: null };
    expect(await fixture.record.settle(tenure, [{ ...partly, status: 'UNANSWERED' }], [0])).toBe('SETTLED');
    expect(await fixture.prisma.call.findFirst({ where: { id: call.callId } })).toMatchObject({
      settledAt: null,
    });
    const resent = await vi.waitUntil(() => claimOne(fixture.record, tenure, ANY));
    expect(resent.accounts.map(({ accountId: id }) => id)).toEqual([accountId(1)]);

    await fixture.record.settle(tenure, [{ ...answeredWith(call), status: 'UNANSWERED' }], [0]);
    const outcome = async (id: string) =>
      (await readOutcomes(fixture.prisma)).find((each) => each.accountId === id);
    expect(await outcome(accountId(1))).toMatchObject({ status: 'IN_FLIGHT' });
    expect(await outcome(accountId(2))).toMatchObject({ status: 'PROCESSED' });
    await fixture.record.settle(tenure, [answeredWith(resent)], [0]);
    expect(await outcome(accountId(1))).toMatchObject({ status: 'PROCESSED' });
    expect(await recordFaults(fixture.prisma)).toEqual([]);
  });
});
