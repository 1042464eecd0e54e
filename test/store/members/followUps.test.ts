import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addressOf } from '../../../src/config/databaseAddress.js';
import type { FollowedMember, FollowUpStore, SeenMember } from '../../../src/ports/followUps.js';
import { openDatabase, type Database } from '../../../src/store/connection/client.js';
import { createFollowUpStore } from '../../../src/store/members/followUps.js';
import { openLanes } from '../../../src/store/lanes/lanes.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { accountId, ADMINISTRATOR } from '../recordFixture.js';

const WAITS = [60, 300];

let testDatabase: TestDatabase;
let database: Database;
let store: FollowUpStore;
/** Two lanes. */
let lane: number;
let otherLane: number;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(addressOf(testDatabase.url));
  const { all } = await openLanes(database.prisma, [ADMINISTRATOR]);
  [lane, otherLane] = all.map(({ id }) => id) as [number, number];
  store = createFollowUpStore(database.prisma, WAITS);
});
beforeEach(async () => {
  await database.prisma.followedMember.deleteMany();
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

/** Has accounts followed for a target; what is not due is so in an hour. */
async function follow(target: number, first: number, count: number, { due = true, laneId = lane } = {}) {
  await database.prisma.$executeRaw`
    INSERT INTO followed_member (target_id, account_id, lane_id, until, next_look_at)
    SELECT ${target}::bigint, lpad(n::text, 12, '0'), ${laneId}::int, now() + interval '7 days',
      now() + make_interval(secs => ${due ? -1 : 3_600}::float8)
    FROM generate_series(${first}::int, ${first + count - 1}::int) AS n`;
}
const seenNow = (claimed: readonly FollowedMember[], seen: Partial<SeenMember> = {}): SeenMember[] =>
  [...new Set(claimed.map((one) => one.accountId))].map((account) => ({
    accountId: account,
    status: 'INVITED',
    isEnd: false,
    observedAt: new Date(),
    ...seen,
  }));
const row = async (target: number, number: number) =>
  database.prisma.followedMember.findUniqueOrThrow({
    where: { targetId_accountId: { targetId: BigInt(target), accountId: accountId(number) } },
  });
const secondsUntil = (date: Date | null) => ((date?.getTime() ?? 0) - Date.now()) / 1_000;

describe('the members of a lane that are due', () => {
  it('are claimed once, up to a number of distinct accounts, for all their requests', async () => {
    await follow(1, 0, 60);
    await follow(2, 0, 60);
    await follow(3, 0, 60, { due: false });
    await follow(4, 0, 60, { laneId: otherLane });
    const claimed = await store.claimDue(lane, 50);
    expect(claimed).toHaveLength(100);
    expect(new Set(claimed.map((one) => one.accountId)).size).toBe(50);
    expect(await store.claimDue(lane, 50)).toHaveLength(20);
    expect(await store.claimDue(lane, 50)).toEqual([]);
    expect(await store.lanesDue()).toEqual([otherLane]);
  });

  it('are never claimed by two replicas at once, and fill the call of each', async () => {
    await follow(1, 0, 380);
    const claims = await Promise.all(Array.from({ length: 8 }, () => store.claimDue(lane, 50)));
    expect(claims.map((claimed) => claimed.length).toSorted((a, b) => a - b)).toEqual([
      30, 50, 50, 50, 50, 50, 50, 50,
    ]);
    expect(new Set(claims.flat().map((one) => one.accountId)).size).toBe(380);
  });

  it('are due again when the process that claimed them has ended', async () => {
    await follow(1, 0, 1);
    await store.claimDue(lane, 50);
    expect(secondsUntil((await row(1, 0)).nextLookAt)).toBeGreaterThan(120);
    expect(secondsUntil((await row(1, 0)).nextLookAt)).toBeLessThanOrEqual(180);
  });
});

describe('a read of a followed member', () => {
  it('sets the next read, with growing waits, at the same time for the whole lane', async () => {
    await follow(1, 0, 2);
    for (const [wait, looks] of [
      [300, 1],
      [300, 2],
    ] as const) {
      await database.prisma.$executeRaw`UPDATE followed_member SET next_look_at = now()`;
      const claimed = await store.claimDue(lane, 50);
      await store.recordSeen(lane, claimed.slice(0, 1), seenNow(claimed.slice(0, 1)));
      await store.recordSeen(lane, claimed.slice(1), seenNow(claimed.slice(1)));
      const { nextLookAt, looks: noted, memberStatus } = await row(1, 0);
      expect([noted, memberStatus]).toEqual([looks, 'INVITED']);
      expect(secondsUntil(nextLookAt)).toBeGreaterThan(wait - 10);
      expect(secondsUntil(nextLookAt)).toBeLessThan(wait * 1.25);
      // Unless the grid's next moment came in between, as it does once in 75 seconds.
      expect([0, 75]).toContain(
        Math.round(Math.abs(secondsUntil(nextLookAt) - secondsUntil((await row(1, 1)).nextLookAt))),
      );
    }
  });

  it('is the last one when the status is final', async () => {
    await follow(1, 0, 1);
    const claimed = await store.claimDue(lane, 50);
    await store.recordSeen(lane, claimed, seenNow(claimed, { status: 'ENABLED', isEnd: true }));
    expect(await row(1, 0)).toMatchObject({ memberStatus: 'ENABLED', nextLookAt: null });
  });

  it('changes nothing after a newer one', async () => {
    await follow(1, 0, 1);
    const claimed = await store.claimDue(lane, 50);
    await store.recordSeen(lane, claimed, seenNow(claimed, { status: 'ENABLED', isEnd: true }));
    await store.recordSeen(lane, claimed, seenNow(claimed, { observedAt: new Date(Date.now() - 60_000) }));
    expect(await row(1, 0)).toMatchObject({ memberStatus: 'ENABLED', nextLookAt: null, looks: 1 });
  });

  it('postpones all due members of the lane, and no others, when it fails', async () => {
    await follow(1, 0, 120);
    await follow(2, 0, 10, { due: false });
    await follow(3, 0, 1, { laneId: otherLane });
    await store.postpone(lane, await store.claimDue(lane, 50), 'LANE');
    expect(await store.claimDue(lane, 50)).toEqual([]);
    expect(secondsUntil((await row(1, 0)).nextLookAt)).toBeGreaterThan(280);
    expect(secondsUntil((await row(1, 119)).nextLookAt)).toBeGreaterThan(280);
    expect((await row(2, 0)).looks).toBe(0);
    expect(await store.lanesDue()).toEqual([otherLane]);
  });
});

it.each([
  ['of no members', 0],
  ['of ten members', 10],
  ['of all members', 20_000],
])(
  'a round reads a few rows for each account, however many are followed, with statistics %s',
  async (_, known) => {
    const analyze = () => database.prisma.$executeRaw`ANALYZE followed_member`;
    if (known < 20_000) {
      await follow(3, 0, known);
      await analyze();
      await database.prisma.$executeRaw`DELETE FROM followed_member`;
    }
    await follow(1, 0, 20_000, { due: false });
    await follow(2, 0, 100);
    if (known === 20_000) {
      await analyze();
    }
    const rows = await database.prisma.$transaction(async (tx) => {
      const within = createFollowUpStore(tx as Database['prisma'], WAITS);
      const total = async (): Promise<number> => {
        const [read] = await tx.$queryRaw<[{ rows: number }]>`
        SELECT (seq_tup_read + idx_tup_fetch)::int AS rows FROM pg_stat_xact_user_tables WHERE relname = 'followed_member'`;
        return read.rows;
      };
      const before = await total();
      expect(await within.lanesDue()).toEqual([lane]);
      const claimed = await within.claimDue(lane, 50);
      await within.recordSeen(lane, claimed, seenNow(claimed));
      expect(claimed).toHaveLength(50);
      return (await total()) - before;
    });
    expect(rows).toBeLessThan(500);
  },
);
