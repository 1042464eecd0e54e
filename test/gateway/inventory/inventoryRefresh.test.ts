import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CoverageDocument,
  CreateMembersDocument,
  InventoryDocument,
  RefreshInventoryDocument,
  type RefreshInventoryInput,
} from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

const HUB = { account: '111122223333', region: 'us-east-1', service: 'securityhub' };
const WHERE: RefreshInventoryInput = { services: ['SECURITY_HUB'], regions: ['us-east-1'] };
const members = (count: number, status = 'Enabled') =>
  accounts(count).map(({ accountId, email }) => ({ accountId, email, status }));

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway();
  await gateway.sandbox.seed(HUB, members(120));
});
afterEach(() => gateway.stop());

const refresh = async (input: RefreshInventoryInput = {}) => {
  const { refreshInventory } = await gateway.execute(RefreshInventoryDocument, {
    input: { ...WHERE, ...input },
  });
  return refreshInventory?.targets[0] ?? expect.fail(JSON.stringify(refreshInventory?.userErrors));
};
const count = async () => (await gateway.execute(InventoryDocument, { first: 1 })).inventory.totalCount;
const listed = async () => (await gateway.sandbox.calls('ListMembers')).length;

describe('a refresh of a target with writes', () => {
  it('leaves room for the writes, and they leave room for it', async () => {
    await gateway.stop();
    gateway = await startGateway({ environment: { SECURITYHUB_RATE: '20', SECURITYHUB_BURST: '4' } });
    await gateway.sandbox.seed(HUB, members(620));
    const input = { ...WHERE, accounts: accounts(600, 1_000), waitSeconds: 60 };
    const [target, { createMembers }] = await Promise.all([
      refresh({ waitSeconds: 60 }),
      gateway.execute(CreateMembersDocument, { input }),
    ]);
    expect(target).toMatchObject({ status: 'OBSERVED' });
    expect(createMembers?.request).toMatchObject({ status: 'SUCCEEDED', counts: { processed: 600 } });
    const order = (await gateway.sandbox.log()).map(({ operation }) => operation);
    const pages = order.filter((operation) => operation === 'ListMembers').length;
    expect(pages).toBeGreaterThanOrEqual(13);
    expect(order.filter((operation) => operation === 'CreateMembers')).toHaveLength(12);
    // Neither waits for the other's end.
    expect(order.indexOf('CreateMembers')).toBeLessThan(order.lastIndexOf('ListMembers'));
    expect(order.indexOf('ListMembers')).toBeLessThan(order.lastIndexOf('CreateMembers'));
  });
});

describe('a refresh of the inventory', () => {
  it('removes members that the service no longer lists, and updates changed ones', async () => {
    await refresh();
    expect(await count()).toBe(120);
    const before = (await gateway.execute(InventoryDocument, { first: 100 })).inventory.nodes;
    await fetch(`${gateway.sandbox.url}/_sandbox/reset`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    await gateway.sandbox.seed(HUB, [...members(1, 'Removed'), ...members(70).slice(1)]);
    const { observedAt, members: seen } = await refresh();
    const after = (await gateway.execute(InventoryDocument, { first: 100 })).inventory.nodes;
    expect([seen, await count()]).toEqual([70, 70]);
    expect(after[0]).toMatchObject({ accountId: before[0]?.accountId, status: 'REMOVED', observedAt });
    for (const node of after) {
      expect(node.observedAt).toBe(observedAt);
    }
    expect(Date.parse(observedAt ?? '')).toBeGreaterThan(Date.parse(before[0]?.observedAt ?? ''));
  });

  it('says why it failed half-way, and keeps the members observed before', async () => {
    const first = await refresh();
    await gateway.sandbox.clearLog();
    await gateway.sandbox.put('latency', { ms: 1_500 });
    const failing = refresh();
    await expect.poll(listed).toBe(1);
    await gateway.sandbox.put('faults', [{ match: { operation: 'ListMembers' }, fault: 'access-denied' }]);
    const failed = await failing;
    expect((await gateway.sandbox.calls('ListMembers')).map(({ outcome }) => outcome)).toEqual([
      'applied',
      'refused',
    ]);
    expect(failed).toMatchObject({
      status: 'FAILED',
      reasonCode: 'ACCESS_DENIED',
      reason: expect.stringMatching(/\w+/),
      observedAt: first.observedAt,
      members: 120,
    });
    expect(await count()).toBe(120);
    const { coverage } = await gateway.execute(CoverageDocument, { first: 1 });
    expect(coverage.targets[2]).toMatchObject({
      members: 120,
      observedAt: first.observedAt,
      reasonCode: 'ACCESS_DENIED',
    });
    await gateway.sandbox.put('faults', []);
    await gateway.sandbox.put('latency', { ms: 0 });
    expect(await refresh()).toMatchObject({ status: 'OBSERVED', reasonCode: null, reason: null });
  });

  it('reads a throttled page again', async () => {
    await gateway.sandbox.put('faults', [
      { match: { operation: 'ListMembers' }, times: 4, fault: 'throttle' },
    ]);
    expect(await refresh()).toMatchObject({ status: 'OBSERVED', members: 120 });
  });

  it('continues after a mutation that did not wait', async () => {
    const { status, observedAt } = await refresh({ waitSeconds: 0 });
    expect(['WAITING', 'RUNNING', 'OBSERVED']).toContain(status);
    if (status !== 'OBSERVED') {
      expect(observedAt).toBeNull();
    }
    await expect.poll(count, { timeout: 20_000 }).toBe(120);
  });

  it('runs one at a time for each target, and a refresh requested meanwhile gets the next one', async () => {
    await gateway.sandbox.put('latency', { ms: 300 });
    const all = await Promise.all(Array.from({ length: 6 }, () => refresh()));
    for (const target of all) {
      expect(target).toMatchObject({ status: 'OBSERVED', members: 120 });
    }
    const calls = await gateway.sandbox.calls('ListMembers');
    expect([3, 6]).toContain(calls.length);
    for (const call of calls) {
      expect(call.inFlightAtStart).toBe(0);
    }
  });

  it('names the faults of its input, without any call', async () => {
    const { refreshInventory } = await gateway.execute(RefreshInventoryDocument, {
      input: { administrator: 'default', regions: ['mars-1'], waitSeconds: 61 },
    });
    expect(refreshInventory?.targets).toEqual([]);
    expect(refreshInventory?.userErrors.map(({ code, field }) => [code, field?.join('.')])).toEqual([
      ['UNKNOWN_REGION', 'input.regions'],
      ['INVALID_INPUT', 'input.waitSeconds'],
    ]);
    expect(await listed()).toBe(0);
  });
});
