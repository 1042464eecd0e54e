import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  AccountMembersDocument,
  InventoryDocument,
  MembersDocument,
  RefreshInventoryDocument,
} from '../../generated/graphql.js';
import { createTestDatabase, onServer, type TestDatabase } from '../../support/database.js';
import { FAST_RATES } from '../../support/speed.js';
import { accounts, execute } from '../../support/gateway.js';
import { spawnGateway, type GatewayProcess } from '../../support/gatewayProcess.js';
import { startSandbox, type TestSandbox } from '../../support/sandboxControl.js';
import { inLongRun } from '../../support/runLength.js';

const HUB = { account: '111122223333', region: 'us-east-1', service: 'securityhub' };
const AT_HUB = { services: ['SECURITY_HUB' as const], regions: ['us-east-1'] };
const MEMBERS = accounts(260).map(({ accountId }) => ({ accountId, status: 'Enabled' }));

let database: TestDatabase;
let sandbox: TestSandbox;
let replicas: GatewayProcess[];

beforeEach(async () => {
  database = await createTestDatabase();
  sandbox = await startSandbox();
  await sandbox.seed(HUB, MEMBERS);
  replicas = [];
});
afterEach(async () => {
  await Promise.all(replicas.map((replica) => replica.kill('SIGKILL')));
  await sandbox.stop();
  await database.drop();
});

async function start(environment: Record<string, string> = {}): Promise<GatewayProcess> {
  const replica = await spawnGateway({
    DATABASE_URL: database.url,
    UPSTREAM: 'sandbox',
    AWS_ENDPOINT_URL: sandbox.url,
    ...FAST_RATES,
    ...environment,
  });
  replicas.push(replica);
  return replica;
}

const listed = async () => (await sandbox.calls('ListMembers')).length;
const members = async ({ url }: GatewayProcess) =>
  (await execute(url, InventoryDocument, {})).inventory.totalCount;

describe('two replicas', { timeout: 120_000 }, () => {
  it('share cached reads and the inventory', async () => {
    const [one, two] = [await start(), await start()];
    const asked = { accountId: MEMBERS[0]?.accountId ?? '', ...AT_HUB, maxAgeSeconds: 3_600 };
    const list = { service: 'SECURITY_HUB' as const, region: 'us-east-1', maxAgeSeconds: 3_600 };
    const first = await execute(one.url, AccountMembersDocument, asked);
    const page = await execute(one.url, MembersDocument, list);
    await sandbox.clearLog();
    expect(await execute(two.url, AccountMembersDocument, asked)).toEqual(first);
    expect(await execute(two.url, MembersDocument, list)).toEqual(page);
    expect(await sandbox.log()).toEqual([]);
    await execute(one.url, RefreshInventoryDocument, { input: AT_HUB });
    expect(await members(two)).toBe(260);
  });

  inLongRun('begin an observation again whose replica was killed', async () => {
    const [one, two] = [await start(), await start()];
    await sandbox.put('latency', { ms: 1_000 });
    process.kill(two.pid, 'SIGSTOP');
    await execute(one.url, RefreshInventoryDocument, { input: { ...AT_HUB, waitSeconds: 0 } });
    await expect.poll(listed, { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
    process.kill(two.pid, 'SIGCONT');
    await one.kill('SIGKILL');
    await sandbox.put('latency', { ms: 0 });
    await expect.poll(() => members(two), { timeout: 60_000 }).toBe(260);
    expect(await ends()).toEqual([
      { members: null, reason_code: 'OTHER' },
      { members: 260, reason_code: null },
    ]);
  });

  inLongRun('hand an observation over when a replica stops', async () => {
    const [one, two] = [await start(), await start()];
    await sandbox.put('latency', { ms: 1_000 });
    process.kill(two.pid, 'SIGSTOP');
    await execute(one.url, RefreshInventoryDocument, { input: { ...AT_HUB, waitSeconds: 0 } });
    await expect.poll(listed, { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
    process.kill(two.pid, 'SIGCONT');
    expect(await one.kill('SIGTERM')).toBe(0);
    await sandbox.put('latency', { ms: 0 });
    await expect.poll(() => members(two), { timeout: 60_000 }).toBe(260);
  });

  it('observe every target once when it is due, and again only after the interval', async () => {
    const environment = { INVENTORY_INTERVAL_MINUTES: '60' };
    const [one] = await Promise.all([start(environment), start(environment)]);
    await expect.poll(() => members(one), { timeout: 30_000 }).toBe(260);
    await expect.poll(async () => (await ends()).length, { timeout: 30_000 }).toBe(4);
    // Six pages of members, and one of each target that has none.
    expect(await listed()).toBe(9);
    await start(environment);
    expect(await listed()).toBe(9);
    expect(await ends()).toHaveLength(4);
  });
});

async function ends(): Promise<{ members: number | null; reason_code: string | null }[]> {
  return onServer(database.url, async (client) => {
    const { rows } = await client.query<{ members: number | null; reason_code: string | null }>(
      'SELECT members, reason_code FROM inventory_observation WHERE finished_at IS NOT NULL ORDER BY id',
    );
    return rows;
  });
}
