import { describe, expect, it } from 'vitest';
import { Prisma, type PrismaClient } from '../../../src/generated/client.js';
import { openLanes } from '../../../src/store/lanes/lanes.js';
import { createRecordedRemovals, removalsWithinDay } from '../../../src/store/requests/removals.js';
import { scansOf } from '../plans.js';
import { ADMINISTRATOR } from '../recordFixture.js';
import { useTestRecord } from '../testRecord.js';

/** Removals that settled ten days ago, and accounts of each. */
const OLD = { requests: 3_000, accounts: 10 };

const TARGET = { administrator: ADMINISTRATOR.id, service: 'SECURITY_HUB', region: 'eu-west-1' } as const;

const testRecord = useTestRecord(async (prisma) => {
  const lanes = await openLanes(prisma, [ADMINISTRATOR]);
  const laneId = lanes.idOf(TARGET);
  await writeRemovals(prisma, laneId, { ...OLD, days: 10, firstAccount: 0 });
  await writeRemovals(prisma, laneId, { requests: 3, accounts: 10, days: 0, firstAccount: 100_000 });
  await prisma.$executeRaw`ANALYZE`;
});

/** Removals whose outcomes were PROCESSED the given number of days ago. */
async function writeRemovals(
  prisma: PrismaClient,
  laneId: number,
  run: { requests: number; accounts: number; days: number; firstAccount: number },
): Promise<void> {
  await prisma.$executeRaw`
    WITH made AS (
      INSERT INTO request (
        id, operation, status, administrator, caller_id, caller_kind, input_hash, created_at, started_at, finished_at,
        open_targets, total, processed
      )
      SELECT gen_random_uuid(), 'DISASSOCIATE_MEMBERS', 'SUCCEEDED', ${ADMINISTRATOR.id}, 'ann', 'USER', '', at, at, at, 0,
        ${run.accounts}::int, ${run.accounts}::int
      FROM generate_series(1, ${run.requests}::int), (SELECT now() - make_interval(days => ${run.days}::int) AS at) time
      RETURNING id, finished_at
    ),
    targets AS (
      INSERT INTO target (
        request_id, lane_id, operation, batch_key, detector_pinned, total, pending, processed, first_settled_at,
        last_settled_at
      )
      SELECT id, ${laneId}::int, 'DISASSOCIATE_MEMBERS', 'DISASSOCIATE_MEMBERS', false, ${run.accounts}::int, 0,
        ${run.accounts}::int, finished_at, finished_at
      FROM made
      RETURNING id, last_settled_at
    ),
    outcomes AS (
      INSERT INTO outcome (target_id, account_id, lane_id, status, settled_at, call_ids)
      SELECT id, lpad((${run.firstAccount}::int + account)::text, 12, '0'), ${laneId}::int, 'PROCESSED', last_settled_at, '{}'
      FROM targets, generate_series(1, ${run.accounts}::int) AS account
    )
    INSERT INTO settled_day (lane_id, day, first_target_id)
    SELECT ${laneId}::int, (last_settled_at AT TIME ZONE 'UTC')::date, min(id) FROM targets GROUP BY 2`;
}

describe('the removals of a day', () => {
  it('are counted once for each account, by what the planned removal names', async () => {
    const lanes = await openLanes(testRecord.prisma, [ADMINISTRATOR]);
    const removals = createRecordedRemovals(testRecord.prisma, lanes.idOf);
    const [first, second] = ['000000100001', '000000100002'] as const;
    const named = [first, second, '000000999999'];
    const planned = { operation: 'DISASSOCIATE_MEMBERS', named, counted: [first], listedAt: null } as const;
    expect(await removals.withinDay(TARGET, planned)).toEqual({ others: 9, named: 1, gone: 9 });
    // The entries of disassociated members stay on the list, which a deletion counts.
    const deletion = { ...planned, operation: 'DELETE_MEMBERS' } as const;
    expect(await removals.withinDay(TARGET, deletion)).toEqual({ others: 9, named: 1, gone: 0 });
    const listedBefore = { ...planned, listedAt: new Date(Date.now() - 60_000) };
    expect(await removals.withinDay(TARGET, listedBefore)).toMatchObject({ others: 9, gone: 0 });
  });

  it('are read by indexes beside a large record', async () => {
    const { prisma } = testRecord;
    const lanes = await openLanes(prisma, [ADMINISTRATOR]);
    const laneId = Prisma.sql`${lanes.idOf(TARGET)}::int`;
    const scans = await scansOf(prisma, Prisma.sql`SELECT count(*) FROM ${removalsWithinDay(laneId)} r`);
    const rows = scans
      .filter(({ table }) => table !== 'settled_day')
      .reduce((sum, scan) => sum + scan.rows, 0);
    expect(rows).toBeGreaterThan(30);
    expect(rows).toBeLessThan(200);
    const whole = scans.filter(({ kind, table }) => kind === 'Seq Scan' && table !== 'settled_day');
    expect(whole.filter(({ rows: read }) => read > 0)).toEqual([]);
  });
});
