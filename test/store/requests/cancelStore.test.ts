import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClaimedCall, Tenure, Verdict } from '../../../src/ports/laneRecord.js';
import type { CancelStore, NewRequest } from '../../../src/ports/requests.js';
import { createCancelStore } from '../../../src/store/requests/cancelStore.js';
import { byRunLength } from '../../support/runLength.js';
import { accountId, ANY_CALL, claimOne, newRequest, PROCESSED } from '../recordFixture.js';
import { answeredWith, emptyRecord, countOutcomes, recordFaults } from '../recordReading.js';
import { useRequestRecord } from '../requestRecord.js';

const ANY = { ...ANY_CALL, detectorId: 'd'.repeat(32) };
/** Many sends, all at once: nothing is used up while a race is on. */
const DELAYS = Array<number>(100).fill(0);
const INTERNAL: Verdict = {
  ...PROCESSED,
  status: 'UNPROCESSED',
  reasonCode: 'INTERNAL_ERROR',
  reason: 'Internal error',
  retry: true,
};

const fixture = useRequestRecord();
let cancellations: CancelStore;
/** One for each lane of the administrator. */
let tenures: Tenure[];

beforeAll(() => {
  cancellations = createCancelStore(fixture.prisma);
});
beforeEach(async () => {
  await emptyRecord(fixture.prisma);
  tenures = await Promise.all(fixture.lanes.all.map((lane) => fixture.record.acquire(lane)));
});

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

/** A request at all four targets. */
function everywhere(count: number): NewRequest {
  const targets = fixture.lanes.all.map((lane) => ({
    ...lane,
    batchKey: 'CREATE_MEMBERS',
    detectorId: null,
  }));
  return newRequest(numbers(count), { targets });
}

async function accept(request: NewRequest): Promise<string> {
  return (await fixture.store.insert(request)).requestId;
}

async function claimAll(limit = Number.POSITIVE_INFINITY): Promise<{ tenure: Tenure; call: ClaimedCall }[]> {
  const claimed = [];
  for (const tenure of tenures) {
    for (let calls = 0; calls < limit; calls += 1) {
      const call = await claimOne(fixture.record, tenure, ANY);
      if (call === null) {
        break;
      }
      claimed.push({ tenure, call });
    }
  }
  return claimed;
}

const statuses = () => countOutcomes(fixture.prisma);
const theRequest = () => fixture.prisma.request.findFirstOrThrow();

describe('canceling a request', () => {
  it('of which nothing was sent ends it CANCELED at once, and leaves nothing to claim', async () => {
    const id = await accept(everywhere(120));
    expect(await cancellations.cancel(id)).toBe('CANCELED');
    expect(await statuses()).toEqual({ CANCELED: 480 });
    expect(await theRequest()).toMatchObject({ status: 'CANCELED', openTargets: 0, startedAt: null });
    expect(await claimAll()).toEqual([]);
    expect(await recordFaults(fixture.prisma)).toEqual([]);
    expect(await cancellations.cancel(id)).toBe('FINISHED');
  });

  it('lets what is in flight settle, and then has succeeded partially', async () => {
    const id = await accept(everywhere(120));
    const claimed = await claimAll(1);
    expect(await cancellations.cancel(id)).toBe('CANCELED');
    expect(await statuses()).toEqual({ CANCELED: 280, IN_FLIGHT: 200 });
    expect(await theRequest()).toMatchObject({ status: 'RUNNING', finishedAt: null, openTargets: 4 });
    expect(await cancellations.cancel(id)).toBe('CANCELED');
    for (const { tenure, call } of claimed) {
      await fixture.record.settle(tenure, [answeredWith(call)], DELAYS);
    }
    expect(await statuses()).toEqual({ CANCELED: 280, PROCESSED: 200 });
    expect(await theRequest()).toMatchObject({ status: 'PARTIALLY_SUCCEEDED', openTargets: 0 });
    expect(await recordFaults(fixture.prisma)).toEqual([]);
  });

  it('makes the answers to what is in flight final, also those that would have been sent again', async () => {
    const id = await accept(newRequest(numbers(50)));
    const [claimed] = await claimAll();
    expect(await cancellations.cancel(id)).toBe('IN_FLIGHT');
    expect(await cancellations.cancel(id)).toBe('CANCELED');
    const { tenure, call } = claimed ?? expect.unreachable();
    await fixture.record.settle(tenure, [answeredWith(call, [[accountId(7), INTERNAL]])], DELAYS);
    expect(await statuses()).toEqual({ PROCESSED: 49, UNPROCESSED: 1 });
    expect(await fixture.prisma.outcome.findFirst({ where: { status: 'UNPROCESSED' } })).toMatchObject({
      accountId: accountId(7),
      reasonCode: 'INTERNAL_ERROR',
      reason: 'Internal error',
    });
    expect(await theRequest()).toMatchObject({ status: 'PARTIALLY_SUCCEEDED' });
  });

  it('withdraws what waits to be sent again, and has failed when nothing was processed', async () => {
    const id = await accept(newRequest([1, 2]));
    const [first] = await claimAll();
    const { tenure, call } = first ?? expect.unreachable();
    const refused: Verdict = { ...INTERNAL, reasonCode: 'SELF', retry: false };
    const verdicts: [string, Verdict][] = [
      [accountId(1), INTERNAL],
      [accountId(2), refused],
    ];
    await fixture.record.settle(tenure, [answeredWith(call, verdicts)], [3_600]);
    expect(await cancellations.cancel(id)).toBe('CANCELED');
    expect(await statuses()).toEqual({ CANCELED: 1, UNPROCESSED: 1 });
    expect(await theRequest()).toMatchObject({ status: 'FAILED' });
  });

  it('leaves the same accounts of another request alone', async () => {
    const id = await accept(newRequest(numbers(10)));
    await accept(newRequest(numbers(10)));
    await cancellations.cancel(id);
    const [claimed] = await claimAll();
    expect(claimed?.call.accounts).toHaveLength(10);
    expect(await statuses()).toEqual({ CANCELED: 10, IN_FLIGHT: 10 });
  });

  it('takes two statements in one transaction for forty thousand outcomes, within seconds', async () => {
    const id = await accept(everywhere(10_000));
    const statements: string[] = [];
    const stop = fixture.database.onStatement((sql) => statements.push(sql));
    const startedAt = performance.now();
    await cancellations.cancel(id);
    stop();
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    expect(statements.map((sql) => sql.trim().split(/\s+/)[0])).toEqual(['WITH', 'WITH', 'COMMIT']);
    expect(await statuses()).toEqual({ CANCELED: 40_000 });
  });
});

describe('canceling at the moment of', () => {
  /** Works every lane until nothing is left, with answers of which half would be sent again. */
  async function drain(tenure: Tenure, until: () => boolean): Promise<void> {
    for (;;) {
      const last = until();
      const call = await claimOne(fixture.record, tenure, ANY);
      if (call === null && last) {
        return;
      }
      if (call === null) {
        continue;
      }
      const again = call.accounts.filter((_, place) => place % 2 === 0);
      const exceptions = again.map(({ accountId: id }): [string, Verdict] => [id, INTERNAL]);
      await fixture.record.settle(tenure, [answeredWith(call, exceptions)], DELAYS);
    }
  }

  it.each([
    ['a claim', 1],
    ['claims and settlements of all lanes', 4],
  ])(
    '%s: every outcome ends once, the counts add up, no statement deadlocks',
    { timeout: 120_000 },
    async (_what, lanesAtWork) => {
      const ends = new Set<string>();
      for (let round = 0; round < byRunLength(15, 60); round += 1) {
        await emptyRecord(fixture.prisma);
        const ids = [await accept(everywhere(110)), await accept(everywhere(110))];
        let canceled = 0;
        const cancelLater = async (id: string): Promise<void> => {
          await sleep(round % 20);
          await cancellations.cancel(id);
          canceled += 1;
        };
        const workers = tenures.slice(0, lanesAtWork).map((tenure) => drain(tenure, () => canceled === 2));
        await Promise.all([...workers, ...ids.map(cancelLater)]);
        expect(await recordFaults(fixture.prisma)).toEqual([]);
        expect(await statuses()).not.toMatchObject({ PENDING: expect.anything() });
        expect(await statuses()).not.toMatchObject({ IN_FLIGHT: expect.anything() });
        for (const { status } of await fixture.prisma.request.findMany()) {
          ends.add(status);
        }
      }
      expect(ends).toContain('PARTIALLY_SUCCEEDED');
    },
  );

  it('a settlement that waits for it: what it read before does not send anything again', async () => {
    for (let round = 0; round < byRunLength(30, 100); round += 1) {
      await emptyRecord(fixture.prisma);
      const id = await accept(newRequest(numbers(50)));
      const [claimed] = await claimAll();
      const { tenure, call } = claimed ?? expect.unreachable();
      const all = call.accounts.map((account): [string, Verdict] => [account.accountId, INTERNAL]);
      await Promise.all([
        cancellations.cancel(id),
        fixture.record.settle(tenure, [answeredWith(call, all)], DELAYS),
      ]);
      const { PENDING, ...ended } = await statuses();
      expect(PENDING).toBeUndefined();
      expect([{ UNPROCESSED: 50 }, { CANCELED: 50 }]).toContainEqual(ended);
      expect(await theRequest()).toMatchObject({ openTargets: 0 });
    }
  });

  it('another cancellation of the same request: one has it, and the record is whole', async () => {
    const id = await accept(everywhere(200));
    const answers = await Promise.all(numbers(6).map(() => cancellations.cancel(id)));
    expect(answers.filter((answer) => answer === 'CANCELED')).toHaveLength(1);
    expect(await recordFaults(fixture.prisma)).toEqual([]);
  });
});
