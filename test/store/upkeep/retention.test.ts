import { describe, expect, it } from 'vitest';
import { createLog } from '../../../src/log.js';
import { LOCAL_CALLER } from '../../../src/membership.js';
import type { HistoryStore } from '../../../src/ports/history.js';
import type { RetentionStore } from '../../../src/ports/retention.js';
import { createRetention } from '../../../src/services/upkeep/retention.js';
import { createHistoryStore } from '../../../src/store/history/history.js';
import { createRetentionStore } from '../../../src/store/upkeep/retention.js';
import { readAll, readAllBackward } from '../history/historyReading.js';
import { requestIdOf, writeRun } from '../history/historyRecord.js';
import { useTestRecord } from '../testRecord.js';

/** In the third month of the record, which begins on 10 June. */
const NOW = new Date('2024-08-20T00:00:00Z');
const JULY = new Date('2024-07-01T00:00:00Z');

const log = createLog('silent');
let history: HistoryStore;
let store: RetentionStore;

const record = useTestRecord(async (prisma) => {
  history = createHistoryStore(prisma);
  store = createRetentionStore(prisma);
  await writeRun(prisma, { administrator: 'security', from: 1, to: 10, accounts: 60 });
  await writeRun(prisma, { administrator: 'security', from: 11, to: 900, accounts: 1 });
});

const emails = () => record.prisma.requestAccount.count({ where: { email: { not: null } } });
const everything = () => readAll((page) => history.outcomes(LOCAL_CALLER, {}, page), 100);

describe('retention', () => {
  it('erases nothing when it is off', async () => {
    const before = [await emails(), await record.prisma.outcome.count()];
    const run = createRetention(store, { recordMonths: null, emailDays: null }, () => NOW);
    expect(await run(log)).toBeNull();
    expect([await emails(), await record.prisma.outcome.count()]).toEqual(before);
  });

  it('erases e-mail addresses first, of finished requests only, and leaves the outcomes', async () => {
    const outcomes = await record.prisma.outcome.count();
    const run = createRetention(store, { recordMonths: null, emailDays: 60 }, () => NOW);
    const before = new Date(NOW.getTime() - 60 * 86_400_000);
    const finished = await record.prisma.request.count({ where: { finishedAt: { lt: before } } });
    expect((await run(log))?.emails).toBe(finished);
    expect(await record.prisma.outcome.count()).toBe(outcomes);
    const accounts = await record.prisma.requestAccount.findMany({ where: { email: { not: null } } });
    const kept = new Set(accounts.map(({ requestId }) => requestId));
    expect(kept).toContain(requestIdOf(8));
    expect(kept).not.toContain(requestIdOf(7));
    expect(await run(log)).toBeNull();
  });

  it('erases whole months from all lists, and keeps requests with their counts and statistics', async () => {
    const { prisma } = record;
    const [requests, hours] = [await prisma.request.count(), await prisma.settledHour.count()];
    const before = await everything();
    await prisma.$executeRaw`
      INSERT INTO followed_member (target_id, account_id, lane_id, until)
      SELECT target_id, account_id, lane_id, now() FROM outcome`;
    await prisma.$executeRaw`INSERT INTO follow_up (target_id, until) SELECT id, now() FROM target`;
    const run = createRetention(store, { recordMonths: 1, emailDays: null }, () => NOW);
    const done = await run(log);
    expect(done?.outcomes).toBe(await prisma.request.count({ where: { finishedAt: { lt: JULY } } }));
    expect(done?.calls).toBeGreaterThan(0);
    const kept = await prisma.request.findMany({
      where: { OR: [{ finishedAt: null }, { finishedAt: { gte: JULY } }] },
    });
    const ids = new Set(kept.map(({ id }) => id));
    const expected = before.filter(({ requestId }) => ids.has(requestId));
    expect(expected.length).toBeLessThan(before.length);
    expect(await everything()).toEqual(expected);
    expect(await prisma.followedMember.count()).toBe(await prisma.outcome.count());
    expect(await prisma.followUp.count()).toBe(await prisma.target.count({ where: { erasedAt: null } }));
    const backward = await readAllBackward(
      (page) => history.outcomes(LOCAL_CALLER, { statuses: ['UNPROCESSED'] }, page),
      100,
    );
    expect(backward).toEqual(expected.filter(({ status }) => status === 'UNPROCESSED'));
    expect(await prisma.request.count()).toBe(requests);
    expect(await prisma.settledHour.count()).toBe(hours);
    const [targets] = await history.targetsOfRequests([requestIdOf(5)]);
    expect(targets?.[0]?.counts.processed).toBe(60);
    expect(await run(log)).toBeNull();
  });

  it('erases a large request in several steps, and lists and counts the remaining outcomes in between', async () => {
    const { prisma } = record;
    await writeRun(prisma, { administrator: 'large', from: 1000, to: 1000, accounts: 12_000 });
    const before = new Date('2024-08-01T00:00:00Z');
    const left = async () => {
      const requestId = requestIdOf(1000);
      const filter = { requestId, statuses: ['PROCESSED' as const] };
      const [targets] = await history.targetsOfRequests([requestId]);
      const { erasedAt } = await prisma.request.findUniqueOrThrow({ where: { id: requestId } });
      const page = await history.outcomes(LOCAL_CALLER, filter, { first: 1, after: null });
      const accounts = await prisma.requestAccount.count({ where: { requestId } });
      const targetsLeft = targets?.filter(({ isErased }) => !isErased).length;
      return { targetsLeft, listed: page.edges.length, accounts, isErased: erasedAt !== null };
    };
    let lastId: string | null = null;
    const seen = [await left()];
    do {
      ({ lastId } = await store.eraseOutcomes(before, lastId));
      seen.push(await left());
    } while (lastId !== null);
    expect(seen).toEqual([
      { targetsLeft: 4, listed: 1, accounts: 12_000, isErased: false },
      { targetsLeft: 2, listed: 1, accounts: 12_000, isErased: false },
      { targetsLeft: 0, listed: 0, accounts: 0, isErased: true },
      { targetsLeft: 0, listed: 0, accounts: 0, isErased: true },
    ]);
  });

  it('lets only one process erase at a time', async () => {
    expect(
      await store.withLock(async () => {
        expect(await store.withLock(async () => expect.unreachable())).toBe(false);
      }),
    ).toBe(true);
  });
});
