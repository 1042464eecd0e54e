/*
 * Measures the inventory, in milliseconds of PostgreSQL and this process: 8 targets of 10,000 members each, beside a record
 * of 1,000,000 outcomes (OUTCOMES in the environment). Measured are the end of an observation, the coverage of all targets,
 * pages of the list, and the cached members of 1,000 accounts at 8 targets.
 */
import { addressOf } from '../src/config/databaseAddress.js';
import type { Administrator } from '../src/membership.js';
import type { InventoryFilter, InventoryObservations, ObservedMember } from '../src/ports/inventory.js';
import { createLog } from '../src/log.js';
import { openDatabase, type Database } from '../src/store/connection/client.js';
import { createInventoryObservations } from '../src/store/inventory/inventoryObservations.js';
import { createInventoryReads } from '../src/store/inventory/inventoryReads.js';
import { createMemberCache } from '../src/store/members/memberCache.js';
import { openLanes, type Lanes } from '../src/store/lanes/lanes.js';
import { migrate } from '../src/store/connection/migrator.js';
import { startPostgres } from './support/postgres.js';
import { runBench } from './support/runBench.js';
import { spreadOf } from './support/statistics.js';

const OUTCOMES = Number(process.env['OUTCOMES'] ?? 1_000_000);
const MEMBERS = 10_000;
const REPETITIONS = 7;
const NO_GAPS = { accountIds: null, after: null, limit: 1_000 };

const ADMINISTRATOR: Administrator = {
  id: 'security',
  accountId: '111122223333',
  roleArn: null,
  externalId: null,
  profile: null,
  services: ['GUARDDUTY', 'SECURITY_HUB'],
  regions: ['eu-west-1', 'eu-central-1', 'us-east-1', 'us-west-2'],
  detectorIds: {},
};

/**
 * The members of a target. One member in 50 has RESIGNED, and one account in 40 is not a member; which ones differs from
 * target to target. `changed` percent of the members have a new update time.
 */
function membersOf(target: number, changed: number): ObservedMember[] {
  return Array.from({ length: MEMBERS }, (_, n): ObservedMember => {
    const isActive = (n + target) % 50 !== 0;
    return {
      accountId: String((n + (n % 40 === target ? 500_000 : 0)) * 3).padStart(12, '0'),
      email: `account-${n}@example.com`,
      status: isActive ? 'ENABLED' : 'RESIGNED',
      serviceStatus: isActive ? 'Enabled' : 'Resigned',
      invitedAt: null,
      updatedAt: new Date(1_700_000_000_000 + (n % 100 < changed ? Date.now() % 1_000_000 : 0)),
    };
  });
}

await runBench('inventory', async (closers) => {
  const postgres = await startPostgres(closers);
  const url = await postgres.createDatabase('inventory');
  await migrate({ address: addressOf(url), migrationsDir: 'prisma/migrations', log: createLog('warn') });
  const { prisma, close } = openDatabase(addressOf(url));
  closers.add('database', close);
  const lanes = await openLanes(prisma, [ADMINISTRATOR]);
  const targets = lanes.all;
  await writeRequests(prisma, targets.length);

  const { times, measure } = createStopwatch();
  const observe = createObserver(createInventoryObservations(prisma, lanes.idOf), targets);
  for (let place = 0; place < targets.length; place += 1) {
    await measure('observed first', () => observe(place, 0));
  }
  await prisma.$executeRawUnsafe('VACUUM ANALYZE');
  await postgres.checkpoint();

  const reads = createInventoryReads(prisma, lanes.idOf);
  const cache = createMemberCache(prisma, lanes.idOf);
  const list = (filter: Omit<InventoryFilter, 'targets'>) =>
    reads.members({ targets, ...filter }, { first: 50, after: null });
  const accountIds = membersOf(0, 0)
    .slice(0, 1_000)
    .map(({ accountId }) => accountId);
  const keys = targets.flatMap((target) => accountIds.map((accountId) => ({ target, accountId })));
  for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
    await measure('observed again, 1 % changed', () => observe(repetition, 1));
    await measure('coverage', () => reads.coverage(targets, NO_GAPS));
    await measure('coverage of 1,000 accounts', () => reads.coverage(targets, { ...NO_GAPS, accountIds }));
    await measure('page of all', () => list({}));
    await measure('page of the resigned', () => list({ statuses: ['RESIGNED'] }));
    await measure('page of the unasked', () => list({ requested: false }));
    await measure('count of the unasked', () => reads.countMembers({ targets, requested: false }));
    await measure('page of a status nobody has', () => list({ statuses: ['REMOVED'] }));
    await measure('1,000 accounts at 8 targets', () => cache.members(keys, 3_600));
  }
  const { gapCount } = await reads.coverage(targets, NO_GAPS);
  const figures = Object.fromEntries([...times].map(([name, each]) => [name, spreadOf(each)]));
  for (const [name, { median, least, most }] of Object.entries(figures)) {
    console.log(`${name}: ${median} ms (${least}-${most})`);
  }
  return { members: MEMBERS * targets.length, outcomes: OUTCOMES, gapCount, unit: 'ms', ...figures };
});

/** Writes one request with OUTCOMES outcomes: every second account, several times at each target. */
async function writeRequests(prisma: Database['prisma'], targets: number): Promise<void> {
  await prisma.$executeRawUnsafe(`
    INSERT INTO request (id, operation, status, administrator, caller_id, caller_kind, input_hash, finished_at, open_targets, total)
    VALUES ('00000000-0000-7000-8000-000000000001', 'CREATE_MEMBERS', 'SUCCEEDED', 'security', 'bench', 'TOKEN', '', now(), 0, 1)`);
  await prisma.$executeRawUnsafe(`
    INSERT INTO target (request_id, lane_id, operation, batch_key, detector_pinned, total, pending, processed)
    SELECT '00000000-0000-7000-8000-000000000001', 1 + n % ${targets}, 'CREATE_MEMBERS', '', false, 5000, 0, 5000
    FROM generate_series(0, ${Math.ceil(OUTCOMES / 5_000) - 1}) AS n`);
  await prisma.$executeRawUnsafe(`
    INSERT INTO outcome (target_id, account_id, lane_id, status, settled_at, call_ids)
    SELECT t.id, lpad((n * 6)::text, 12, '0'), t.lane_id, 'PROCESSED', now(), '{}' FROM target t, generate_series(0, 4999) AS n`);
}

/** Measures actions by name, in milliseconds. */
function createStopwatch() {
  const times = new Map<string, number[]>();
  const measure = async (name: string, action: () => Promise<unknown>): Promise<void> => {
    const started = performance.now();
    await action();
    times.set(name, [...(times.get(name) ?? []), performance.now() - started]);
  };
  return { times, measure };
}

/** Returns a function that observes all members of the target at a place. */
function createObserver(observations: InventoryObservations, targets: Lanes['all']) {
  return async (place: number, changed: number): Promise<void> => {
    const [target] = targets.slice(place);
    if (target === undefined) {
      throw new Error(`expected a target at ${place}, got none`);
    }
    await observations.schedule([target]);
    const begun = await observations.begin(target);
    if (begun !== null) {
      await observations.finish(begun, membersOf(place, changed));
    }
  };
}
