import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  AccountMembersDocument,
  AccountsMembersDocument,
  MembersDocument,
  RefreshInventoryDocument,
  type AccountMembersQueryVariables,
  type MembersQueryVariables,
} from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

const HUB = { account: '111122223333', region: 'us-east-1', service: 'securityhub' };
const AT_HUB = { services: ['SECURITY_HUB'], regions: ['us-east-1'] } as const;
const LIST = { service: 'SECURITY_HUB', region: 'us-east-1' } as const;
const MEMBERS = accounts(120).map(({ accountId, email }) => ({ accountId, email, status: 'Enabled' }));
const MEMBER = MEMBERS[0]?.accountId ?? '';
const STRANGER = '999999999999';
const AN_HOUR = 3_600;

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
  await gateway.sandbox.seed(HUB, MEMBERS);
});
beforeEach(() => gateway.sandbox.clearLog());
afterAll(() => gateway.stop());

const standing = async (accountId: string, asked: Partial<AccountMembersQueryVariables> = {}) => {
  const variables = { accountId, services: [...AT_HUB.services], regions: [...AT_HUB.regions], ...asked };
  return (
    (await gateway.execute(AccountMembersDocument, variables)).account.members[0] ?? expect.unreachable()
  );
};
const list = async (asked: Partial<MembersQueryVariables> = {}) =>
  (await gateway.execute(MembersDocument, { ...LIST, first: 50, ...asked })).members;
const calls = async () =>
  (await gateway.sandbox.log()).filter(({ operation }) => operation.endsWith('Members')).length;
const idsOf = (nodes: readonly { accountId: string }[]) => nodes.map(({ accountId }) => accountId);

describe('an answer that may have a certain age', () => {
  it('is read and cached the first time, and then costs no call while it is young enough', async () => {
    const first = await standing(MEMBER, { maxAgeSeconds: AN_HOUR });
    expect([first.status, await calls()]).toEqual(['ENABLED', 1]);
    expect(await standing(MEMBER, { maxAgeSeconds: AN_HOUR })).toEqual(first);
    expect(await standing(STRANGER, { maxAgeSeconds: AN_HOUR })).toMatchObject({ status: 'NOT_A_MEMBER' });
    expect(await standing(STRANGER, { maxAgeSeconds: AN_HOUR })).toMatchObject({ status: 'NOT_A_MEMBER' });
    expect(await calls()).toBe(2);
  });

  it('is read now and not cached without maxAgeSeconds', async () => {
    const accountId = MEMBERS[1]?.accountId ?? '';
    await standing(accountId);
    await standing(accountId, { maxAgeSeconds: 0 });
    await standing(accountId, { maxAgeSeconds: AN_HOUR });
    expect(await calls()).toBe(3);
    const old = await standing(accountId, { maxAgeSeconds: AN_HOUR });
    const now = await standing(accountId);
    expect(await calls()).toBe(4);
    expect(Date.parse(now.observedAt)).toBeGreaterThan(Date.parse(old.observedAt));
  });

  it('is read again when the cached read is too old', async () => {
    const { observedAt } = await standing(STRANGER, { maxAgeSeconds: AN_HOUR });
    await gateway.database.prisma
      .$executeRaw`UPDATE kept_member SET observed_at = observed_at - interval '2 minutes'`;
    await gateway.sandbox.clearLog();
    await standing(STRANGER, { maxAgeSeconds: AN_HOUR });
    expect(await calls()).toBe(0);
    const anew = await standing(STRANGER, { maxAgeSeconds: 60 });
    expect(await calls()).toBe(1);
    expect(Date.parse(anew.observedAt)).toBeGreaterThan(Date.parse(observedAt));
  });

  it('of many accounts is looked up in one statement, and only the others are read', async () => {
    const ids = idsOf(MEMBERS);
    const accountIds = ids.slice(40, 100);
    await gateway.execute(AccountsMembersDocument, { accountIds: accountIds.slice(10), maxAgeSeconds: 60 });
    expect(await calls()).toBe(4);
    await gateway.sandbox.clearLog();
    const statements: string[] = [];
    const stop = gateway.database.onStatement((sql) => statements.push(sql));
    const { accounts: found } = await gateway.execute(AccountsMembersDocument, {
      accountIds,
      maxAgeSeconds: AN_HOUR,
    });
    stop();
    expect(found.map(({ accountId }) => accountId)).toEqual(accountIds);
    expect((await gateway.sandbox.calls('GetMembers')).map((call) => call.accountIds.length)).toEqual([
      10, 10, 10, 10,
    ]);
    expect(statements.filter((sql) => sql.includes('LEFT JOIN kept_member'))).toHaveLength(1);
    expect(statements.filter((sql) => sql.includes('INSERT INTO kept_member'))).toHaveLength(1);
  });

  it('of a list is a cached page of the service', async () => {
    const first = await list({ maxAgeSeconds: AN_HOUR });
    const second = await list({ maxAgeSeconds: AN_HOUR, after: first.pageInfo.endCursor ?? null });
    expect(await calls()).toBe(2);
    expect(await list({ maxAgeSeconds: AN_HOUR })).toEqual(first);
    expect(await list({ maxAgeSeconds: AN_HOUR, after: first.pageInfo.endCursor ?? null })).toEqual(second);
    expect(await calls()).toBe(2);
    await list();
    expect(await calls()).toBe(3);
  });

  it.each([-1, 86_401])('is refused with an age of %d', async (maxAgeSeconds) => {
    const message = `maxAgeSeconds: expected a whole number from 0 to 86400, got ${maxAgeSeconds}`;
    for (const query of [
      `{ account(accountId: "${MEMBER}") { members(maxAgeSeconds: ${maxAgeSeconds}) { status } } }`,
      `{ members(service: SECURITY_HUB, region: "us-east-1", maxAgeSeconds: ${maxAgeSeconds}) { nodes { status } } }`,
    ]) {
      expect((await gateway.post({ query })).body.errors?.[0]).toMatchObject({
        message,
        extensions: { code: 'BAD_USER_INPUT' },
      });
    }
  });
});

describe('an inventory that is young enough', () => {
  it('answers for its members and for those it does not have', async () => {
    const { refreshInventory } = await gateway.execute(RefreshInventoryDocument, {
      input: { services: [...AT_HUB.services], regions: [...AT_HUB.regions] },
    });
    const observedAt = refreshInventory?.targets[0]?.observedAt;
    await gateway.sandbox.clearLog();
    const last = MEMBERS.at(-1)?.accountId ?? '';
    expect(await standing(last, { maxAgeSeconds: AN_HOUR })).toMatchObject({ status: 'ENABLED', observedAt });
    expect(await standing('999999999998', { maxAgeSeconds: AN_HOUR })).toMatchObject({
      status: 'NOT_A_MEMBER',
      serviceStatus: null,
      observedAt,
    });
    expect(await calls()).toBe(0);
  });

  it('answers for a list until the end of the list', async () => {
    const pages = [await list({ maxAgeSeconds: AN_HOUR })];
    await gateway.database.prisma
      .$executeRaw`UPDATE inventory SET observed_at = observed_at - interval '1 day'`;
    for (let last = pages[0]; last?.pageInfo.hasNextPage; last = pages.at(-1)) {
      pages.push(await list({ maxAgeSeconds: AN_HOUR, after: last.pageInfo.endCursor ?? null }));
    }
    expect(pages.flatMap(({ nodes }) => idsOf(nodes))).toEqual(idsOf(MEMBERS));
    expect(pages).toHaveLength(3);
    expect(await calls()).toBe(0);
    const { body } = await gateway.post({
      query: `{ members(service: SECURITY_HUB, region: "us-east-1", after: "${pages[0]?.pageInfo.endCursor}") { nodes { status } } }`,
    });
    expect(body.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});
