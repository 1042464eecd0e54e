import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addressOf } from '../../../src/config/databaseAddress.js';
import { openDatabase, type Database } from '../../../src/store/connection/client.js';
import { createInventoryObservations } from '../../../src/store/inventory/inventoryObservations.js';
import { createInventoryReads } from '../../../src/store/inventory/inventoryReads.js';
import { openLanes, type Lanes } from '../../../src/store/lanes/lanes.js';
import type { InventoryObservations, InventoryReads, ObservedMember } from '../../../src/ports/inventory.js';
import type { TargetAddress } from '../../../src/membership.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { accountId, ADMINISTRATOR } from '../recordFixture.js';

const HERE: TargetAddress = { administrator: ADMINISTRATOR.id, service: 'SECURITY_HUB', region: 'us-east-1' };
const THERE: TargetAddress = { ...HERE, region: 'eu-west-1' };
const AN_HOUR_MS = 3_600_000;

let testDatabase: TestDatabase;
let database: Database;
let lanes: Lanes;
let observations: InventoryObservations;
let reads: InventoryReads;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(addressOf(testDatabase.url));
  lanes = await openLanes(database.prisma, [ADMINISTRATOR]);
  observations = createInventoryObservations(database.prisma, lanes.idOf);
  reads = createInventoryReads(database.prisma, lanes.idOf);
});
beforeEach(async () => {
  await database.prisma.$executeRaw`TRUNCATE inventory, inventory_observation, inventory_member`;
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const member = (number: number, changes: Partial<ObservedMember> = {}): ObservedMember => ({
  accountId: accountId(number),
  email: null,
  status: 'ENABLED',
  serviceStatus: 'Enabled',
  invitedAt: new Date('2026-01-02T03:04:05.678Z'),
  updatedAt: null,
  ...changes,
});
const begin = async (target = HERE) => {
  await observations.schedule([target]);
  return (await observations.begin(target)) ?? expect.fail('nothing begun');
};
const listed = async (target = HERE) =>
  (await reads.listing(target, AN_HOUR_MS))?.members.map((seen) => seen.accountId);
const stateOf = async (target = HERE) => (await observations.states([target]))[0] ?? expect.unreachable();

describe('an observation', () => {
  it('begins only when it is requested, and once for all requests before it', async () => {
    expect(await observations.begin(HERE)).toBeNull();
    await observations.schedule([HERE, THERE]);
    await observations.schedule([THERE, HERE]);
    expect(await observations.due([HERE, THERE])).toEqual([HERE, THERE]);
    await observations.finish((await observations.begin(HERE)) ?? expect.unreachable(), []);
    expect(await observations.begin(HERE)).toBeNull();
    expect(await observations.due([HERE, THERE])).toEqual([THERE]);
  });

  it('is followed by another one when it began before the request', async () => {
    const first = await begin();
    const since = await observations.schedule([HERE]);
    await observations.finish(first, [member(1)]);
    expect(first.startedAt.getTime()).toBeLessThanOrEqual(since.getTime());
    expect(await observations.due([HERE])).toEqual([HERE]);
    expect(await observations.begin(HERE)).not.toBeNull();
  });

  it('replaces all members of its target, and none of other targets', async () => {
    await observations.finish(await begin(THERE), [member(9)]);
    await observations.finish(await begin(), [member(1), member(2)]);
    await observations.finish(await begin(), [member(3), member(2, { email: 'two@example.com' })]);
    const listing = await reads.listing(HERE, AN_HOUR_MS);
    expect(listing?.members).toEqual(
      [member(2, { email: 'two@example.com' }), member(3)].map(({ status: _, ...seen }) => seen),
    );
    expect(await stateOf()).toMatchObject({
      members: 2,
      observedAt: listing?.observedAt,
      runningSince: null,
    });
    expect(await listed(THERE)).toEqual([accountId(9)]);
  });

  it('writes nothing for members that have not changed', async () => {
    const versions = () =>
      database.prisma.$queryRaw`SELECT account_id, xmin::text FROM inventory_member ORDER BY account_id`;
    await observations.finish(await begin(), [member(1), member(2)]);
    const before = (await versions()) as unknown[];
    await observations.finish(await begin(), [member(1), member(2, { status: 'REMOVED' })]);
    const after = (await versions()) as unknown[];
    expect(after[0]).toEqual(before[0]);
    expect(after[1]).not.toEqual(before[1]);
  });

  it('changes neither the members nor their age when it fails', async () => {
    await observations.finish(await begin(), [member(1)]);
    const { observedAt } = await stateOf();
    await observations.fail(await begin(), { reasonCode: 'ACCESS_DENIED', reason: 'no' });
    expect(await stateOf()).toMatchObject({
      observedAt,
      members: 1,
      reasonCode: 'ACCESS_DENIED',
      reason: 'no',
    });
    expect(await listed()).toEqual([accountId(1)]);
  });

  it('changes nothing once another one has replaced it, whichever ends first', async () => {
    const frozen = await begin();
    const successor = (await observations.begin(HERE)) ?? expect.unreachable();
    await observations.finish(frozen, [member(1)]);
    expect(await listed()).toBeUndefined();
    await observations.finish(successor, [member(2)]);
    await observations.finish(frozen, [member(1)]);
    await observations.fail(frozen, { reasonCode: 'OTHER', reason: 'late' });
    expect(await listed()).toEqual([accountId(2)]);
    expect(await stateOf()).toMatchObject({ reasonCode: null, members: 1 });
  });

  it('is open once for each target, with any number of processes that begin at once', async () => {
    await observations.schedule([HERE]);
    const begun = await Promise.all(Array.from({ length: 8 }, () => observations.begin(HERE)));
    const ends = begun.filter((one) => one !== null);
    await Promise.all(ends.map((one, n) => observations.finish(one, [member(n)])));
    const [counted] = await database.prisma.$queryRaw<{ whole: number; open: number }[]>`
      SELECT count(members)::int AS whole, count(*) FILTER (WHERE finished_at IS NULL)::int AS open FROM inventory_observation`;
    expect(counted).toEqual({ whole: 1, open: 0 });
  });
});

describe('targets that are observed at an interval', () => {
  it('are requested when the last observation, failed or not, is old enough', async () => {
    await observations.scheduleOlderThan([HERE, THERE], 60);
    expect(await observations.due([HERE, THERE])).toEqual([HERE, THERE]);
    await observations.finish((await observations.begin(HERE)) ?? expect.unreachable(), []);
    await observations.fail((await observations.begin(THERE)) ?? expect.unreachable(), {
      reasonCode: 'UNREACHABLE',
      reason: 'gone',
    });
    await Promise.all(Array.from({ length: 4 }, () => observations.scheduleOlderThan([THERE, HERE], 60)));
    expect(await observations.due([HERE, THERE])).toEqual([]);
    await database.prisma.$executeRaw`
      UPDATE inventory SET tried_at = tried_at - interval '61 minutes', wanted_at = wanted_at - interval '61 minutes'
      WHERE lane_id = ${lanes.idOf(THERE)}`;
    await observations.scheduleOlderThan([HERE, THERE], 60);
    expect(await observations.due([HERE, THERE])).toEqual([THERE]);
  });

  it('keep their members when the record of old observations is erased', async () => {
    await observations.finish(await begin(), [member(1)]);
    await database.prisma
      .$executeRaw`UPDATE inventory_observation SET finished_at = finished_at - interval '31 days'`;
    const running = await begin(THERE);
    await observations.erase(30);
    const left = await database.prisma.$queryRaw`SELECT id::text FROM inventory_observation`;
    expect(left).toEqual([{ id: running.id }]);
    expect(await listed()).toEqual([accountId(1)]);
  });
});
