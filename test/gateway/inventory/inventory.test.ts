import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  CreateMembersDocument,
  InventoryDocument,
  RefreshInventoryDocument,
  type InventoryQueryVariables,
  type RefreshInventoryInput,
} from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

const HUB = { account: '111122223333', region: 'us-east-1', service: 'securityhub' };
const WHERE: RefreshInventoryInput = { services: ['SECURITY_HUB'], regions: ['us-east-1'] };
const DAY_MS = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();

const STATUSES = [
  'Enabled',
  'Enabled',
  'Removed',
  'Resigned',
  'Invited',
  'EmailVerificationFailed',
  'Created',
];
const MEMBERS = accounts(120).map(({ accountId, email }, n) => ({
  accountId,
  email,
  status: STATUSES[n % STATUSES.length] ?? '',
  invitedAt: daysAgo(n),
}));

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
  await gateway.sandbox.seed(HUB, MEMBERS);
});
beforeEach(() => gateway.sandbox.clearLog());
afterAll(() => gateway.stop());

const refresh = async (input: RefreshInventoryInput = WHERE) =>
  (await gateway.execute(RefreshInventoryDocument, { input })).refreshInventory ?? expect.unreachable();
const list = async (asked: InventoryQueryVariables = {}) =>
  (await gateway.execute(InventoryDocument, asked)).inventory;
const calls = async () => (await gateway.sandbox.calls('ListMembers')).length;
const idsOf = (nodes: readonly { accountId: string }[]) => nodes.map(({ accountId }) => accountId);
const seeded = (...statuses: string[]) => idsOf(MEMBERS.filter(({ status }) => statuses.includes(status)));

describe('the inventory', () => {
  it('is empty before the first observation', async () => {
    expect(await list()).toMatchObject({ nodes: [], totalCount: 0 });
    expect(await calls()).toBe(0);
  });

  it('has all members with any status after a refresh in pages of 50', async () => {
    const { targets, userErrors } = await refresh();
    expect(userErrors).toEqual([]);
    expect(targets).toMatchObject([
      { service: 'SECURITY_HUB', region: 'us-east-1', status: 'OBSERVED', members: 120, reasonCode: null },
    ]);
    expect(await calls()).toBe(3);
    const { nodes, totalCount, pageInfo } = await list({ first: 100 });
    expect(totalCount).toBe(120);
    expect(pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    expect(idsOf(nodes)).toEqual(idsOf(MEMBERS.slice(0, 100)));
    expect(nodes[6]).toMatchObject({
      accountId: MEMBERS[6]?.accountId,
      email: MEMBERS[6]?.email,
      administrator: 'default',
      status: 'CREATED',
      serviceStatus: 'Created',
      observedAt: targets[0]?.observedAt,
      account: { accountId: MEMBERS[6]?.accountId },
    });
    expect(await calls()).toBe(3);
  });

  it('is paged both ways by cursors', async () => {
    const first = await list({ first: 50 });
    const second = await list({ first: 50, after: first.pageInfo.endCursor ?? null });
    const third = await list({ first: 50, after: second.pageInfo.endCursor ?? null });
    expect([first, second, third].flatMap(({ nodes }) => idsOf(nodes))).toEqual(idsOf(MEMBERS));
    expect(third.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const back = await list({ last: 50, before: third.pageInfo.startCursor ?? null });
    expect(idsOf(back.nodes)).toEqual(idsOf(second.nodes));
    expect(idsOf((await list({ last: 20 })).nodes)).toEqual(idsOf(third.nodes));
  });

  it('is filtered by status, also together with others', async () => {
    const removed = await list({ filter: { status: ['REMOVED', 'RESIGNED'] }, first: 100 });
    expect(idsOf(removed.nodes)).toEqual(seeded('Removed', 'Resigned'));
    expect(removed.totalCount).toBe(removed.nodes.length);
    const failed = await list({ filter: { status: ['EMAIL_VERIFICATION_FAILED'] }, first: 100 });
    expect(idsOf(failed.nodes)).toEqual(seeded('EmailVerificationFailed'));
    const active = await list({ filter: { status: ['ENABLED', 'NOT_A_MEMBER'] }, first: 100 });
    expect(idsOf(active.nodes)).toEqual(seeded('Enabled'));
    expect(await list({ filter: { status: [] } })).toMatchObject({ nodes: [], totalCount: 0 });
  });

  it('is filtered by open invitations, and by when members were invited', async () => {
    const open = await list({ filter: { invitationOlderThanDays: 60 }, first: 100 });
    const old = MEMBERS.filter(({ status }, n) => status === 'Invited' && n >= 60);
    expect(idsOf(open.nodes)).toEqual(idsOf(old));
    const before = await list({ filter: { invitedBefore: daysAgo(99.5) }, first: 100 });
    expect(idsOf(before.nodes)).toEqual(idsOf(MEMBERS.slice(100)));
  });

  it('is filtered by whether the record has a request for the member at its target', async () => {
    const asked = accounts(40, 60);
    await gateway.execute(CreateMembersDocument, {
      input: { accounts: asked, services: ['SECURITY_HUB'], regions: ['us-east-1'] },
    });
    await gateway.execute(CreateMembersDocument, {
      input: { accounts: accounts(10), services: ['SECURITY_HUB'], regions: ['eu-west-1'] },
    });
    const theirs = await list({ filter: { requested: false }, first: 100 });
    expect(idsOf(theirs.nodes)).toEqual(idsOf([...MEMBERS.slice(0, 60), ...MEMBERS.slice(100)]));
    expect(theirs.totalCount).toBe(80);
    const ours = await list({ filter: { requested: true }, first: 100 });
    expect(idsOf(ours.nodes)).toEqual(idsOf(asked));
  });

  it('is filtered by account, service and region', async () => {
    const accountId = [MEMBERS[3]?.accountId ?? '', '999999999999'];
    expect(idsOf((await list({ filter: { accountId } })).nodes)).toEqual([accountId[0]]);
    expect((await list({ filter: { service: 'GUARDDUTY' } })).nodes).toEqual([]);
    expect((await list({ filter: { region: 'us-east-1' } })).totalCount).toBe(120);
    const { body } = await gateway.post({
      query: '{ inventory(filter: { region: "mars-1" }) { totalCount } }',
    });
    expect(body.errors?.[0]?.message).toBe(
      'filter.region: expected one of the configured regions (us-east-1, eu-west-1), got "mars-1"',
    );
  });
});
