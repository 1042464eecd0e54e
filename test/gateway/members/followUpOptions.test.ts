import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CreateMembersDocument,
  FollowedOutcomesDocument,
  InviteMembersDocument,
  RetryRequestDocument,
  type InviteMembersInput,
} from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

const REGIONS = ['us-east-1'];
const SERVICES = ['SECURITY_HUB' as const];

let gateway: TestGateway;
let used = 0;

beforeAll(async () => {
  gateway = await startGateway({ environment: { FOLLOW_UP_SECONDS: '0.2,86400' } });
});
afterAll(() => gateway.stop());

async function created(count: number): Promise<string[]> {
  const asked = accounts(count, used);
  used += count;
  await gateway.execute(CreateMembersDocument, { input: { accounts: asked, regions: REGIONS } });
  return asked.map(({ accountId }) => accountId);
}
async function invite(accountIds: string[], more: Partial<InviteMembersInput> = {}) {
  const input = { accountIds, regions: REGIONS, services: SERVICES, followUp: true, ...more };
  return (await gateway.execute(InviteMembersDocument, { input })).inviteMembers ?? expect.unreachable();
}
const statuses = async (id: string) =>
  (await gateway.execute(FollowedOutcomesDocument, { id, service: null })).request?.outcomes.nodes.map(
    ({ memberStatus }) => memberStatus,
  );

describe('followUp', () => {
  it('takes 1 to 30 days', async () => {
    const ids = await created(1);
    for (const followUpDays of [0, 31]) {
      expect(await invite(ids, { followUpDays })).toMatchObject({
        request: null,
        userErrors: [
          {
            ...{ field: ['input', 'followUpDays'], code: 'INVALID_INPUT' },
            message: `expected 1 to 30 days, got ${followUpDays}`,
          },
        ],
      });
    }
    expect((await invite(ids, { followUpDays: 30 })).userErrors).toEqual([]);
  });

  it('is part of the input that an idempotency key identifies', async () => {
    const ids = await created(1);
    const { request } = await invite(ids, { idempotencyKey: 'followed' });
    expect((await invite(ids, { idempotencyKey: 'followed' })).request?.id).toBe(request?.id);
    for (const other of [{ followUp: false }, { followUpDays: 8 }]) {
      expect(await invite(ids, { idempotencyKey: 'followed', ...other })).toMatchObject({
        userErrors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }],
      });
    }
    // Days without a follow-up say nothing.
    const plain = await invite(ids, { idempotencyKey: 'plain', followUp: false });
    const same = await invite(ids, { idempotencyKey: 'plain', followUp: false, followUpDays: 8 });
    expect(same.request?.id).toBe(plain.request?.id);
  });

  it('has no effect on a dry run', async () => {
    const { prisma } = gateway.database;
    const before = await Promise.all([prisma.followUp.count(), prisma.followedMember.count()]);
    const dry = await invite(await created(1), { dryRun: true });
    expect(dry).toMatchObject({ request: null, userErrors: [] });
    expect(await Promise.all([prisma.followUp.count(), prisma.followedMember.count()])).toEqual(before);
  });

  it('is inherited by a retry', async () => {
    const ids = await created(2);
    await gateway.sandbox.put('faults', [{ match: { operation: 'InviteMembers' }, fault: 'access-denied' }]);
    const { request } = await invite(ids);
    expect(request?.status).toBe('FAILED');
    await gateway.sandbox.put('faults', []);
    const input = { requestId: request?.id ?? '', onlyRetryable: false };
    const { retryRequest } = await gateway.execute(RetryRequestDocument, { input });
    const id = retryRequest?.request?.id ?? expect.unreachable();
    await expect.poll(() => statuses(id)).toEqual(['INVITED', 'INVITED']);
    expect(await statuses(request?.id ?? '')).toEqual([null, null]);
  });

  it('costs a page of outcomes one statement, and none when the query does not select it', async () => {
    const { request } = await invite(await created(40));
    const id = request?.id ?? '';
    await expect.poll(async () => new Set(await statuses(id))).toEqual(new Set(['INVITED']));
    const lookups = async (fields: string) => {
      const statements: string[] = [];
      const stop = gateway.database.onStatement((sql) => statements.push(sql));
      const query = `query ($id: ID!) { request(id: $id) { outcomes(first: 40) { nodes { accountId ${fields} } } } }`;
      expect((await gateway.post({ query, variables: { id } })).body.errors).toBeUndefined();
      stop();
      return statements.filter((sql) => sql.includes("'memberStatus'")).length;
    };
    expect(await lookups('memberStatus memberStatusAt')).toBe(1);
    expect(await lookups('status')).toBe(0);
  });
});
