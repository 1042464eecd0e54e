import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  CreateMembersDocument,
  FollowedOutcomesDocument,
  InviteMembersDocument,
  type InviteMembersInput,
} from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

const REGION = 'us-east-1';
const GUARDDUTY = { account: '111122223333', region: REGION, service: 'guardduty' };

let gateway: TestGateway;
let used = 0;

beforeAll(async () => {
  // After the first look, the next is as good as never: tests say when it is due.
  gateway = await startGateway({
    proxied: true,
    environment: { FOLLOW_UP_SECONDS: '0.2,86400' },
  });
});
beforeEach(async () => {
  await gateway.database.prisma.followedMember.deleteMany();
  await gateway.sandbox.put('faults', []);
  gateway.proxy.replace(null);
});
afterAll(() => gateway.stop());

/** This number of accounts that no test has used before, created as members. */
async function created(count: number): Promise<string[]> {
  const asked = accounts(count, used);
  used += count;
  await gateway.execute(CreateMembersDocument, { input: { accounts: asked, regions: [REGION] } });
  await gateway.sandbox.clearLog();
  return asked.map(({ accountId }) => accountId);
}
async function invite(accountIds: string[], more: Partial<InviteMembersInput> = {}): Promise<string> {
  const input = { accountIds, regions: [REGION], followUp: true, ...more };
  const { inviteMembers } = await gateway.execute(InviteMembersDocument, { input });
  return inviteMembers?.request?.id ?? expect.fail(JSON.stringify(inviteMembers));
}
const outcomes = async (id: string, service: 'GUARDDUTY' | 'SECURITY_HUB' | null = null) =>
  (await gateway.execute(FollowedOutcomesDocument, { id, service })).request?.outcomes.nodes ?? [];
const statuses = async (id: string, service: 'GUARDDUTY' | 'SECURITY_HUB' | null = null) =>
  new Set((await outcomes(id, service)).map(({ memberStatus }) => memberStatus));
const looks = async (service: string) =>
  (await gateway.sandbox.calls('GetMembers')).filter((call) => call.service === service);
/** As if the time of the next look had come for everything that is still followed. */
const timePasses = async () => {
  await gateway.sandbox.clearLog();
  await gateway.database.prisma.$executeRaw`
    UPDATE followed_member SET next_look_at = now() WHERE next_look_at IS NOT NULL`;
};
const followed = () => gateway.database.prisma.followedMember.count({ where: { nextLookAt: { not: null } } });

describe('members that are followed', () => {
  it('are read 50 a call after their request has finished, and shown on the outcomes', async () => {
    const ids = await created(99);
    const request = await invite(ids);
    await expect.poll(() => statuses(request)).toEqual(new Set(['INVITED']));
    for (const service of ['guardduty', 'securityhub']) {
      expect((await looks(service)).map((call) => call.accountIds.length)).toEqual([50, 49]);
    }
    const { request: shown } = await gateway.execute(FollowedOutcomesDocument, { id: request });
    expect(shown).toMatchObject({ status: 'SUCCEEDED', outcomes: { totalCount: 198 } });
    for (const { memberStatusAt } of shown?.outcomes.nodes ?? []) {
      expect(Date.now() - Date.parse(String(memberStatusAt))).toBeLessThan(60_000);
    }
  });

  it('are read until their status is final', async () => {
    const ids = await created(6);
    const request = await invite(ids, { services: ['GUARDDUTY'] });
    await expect.poll(() => statuses(request)).toEqual(new Set(['INVITED']));
    const words = [
      'Enabled',
      'Resigned',
      'Removed',
      'EmailVerificationFailed',
      'EmailVerificationInProgress',
    ];
    await gateway.sandbox.seed(
      GUARDDUTY,
      words.map((status, n) => ({ accountId: ids[n] ?? '', status })),
    );
    await timePasses();
    await expect.poll(followed).toBe(3);
    const shown = (await outcomes(request)).toSorted((a, b) => (a.accountId < b.accountId ? -1 : 1));
    expect(shown.map(({ memberStatus }) => memberStatus)).toEqual([
      ...['ENABLED', 'RESIGNED', 'REMOVED'],
      ...['EMAIL_VERIFICATION_FAILED', 'EMAIL_VERIFICATION_IN_PROGRESS', 'INVITED'],
    ]);
    await gateway.sandbox.seed(
      GUARDDUTY,
      ids.slice(3).map((accountId) => ({ accountId, status: 'Enabled' })),
    );
    await timePasses();
    await expect.poll(followed).toBe(0);
    expect((await looks('guardduty')).map(({ accountIds }) => accountIds.toSorted())).toEqual([ids.slice(3)]);
  });

  it('of two requests share one call when both are due', async () => {
    const ids = await created(50);
    const first = await invite(ids.slice(0, 30));
    // Ten of them are invited already, and followed all the same.
    const second = await invite(ids.slice(20));
    await expect.poll(followed).toBe(120);
    await expect.poll(() => statuses(second)).toEqual(new Set(['INVITED']));
    await expect.poll(() => statuses(first)).toEqual(new Set(['INVITED']));
    await timePasses();
    await expect.poll(async () => (await looks('securityhub')).length).toBeGreaterThan(0);
    await expect.poll(async () => (await looks('guardduty')).length).toBeGreaterThan(0);
    for (const service of ['guardduty', 'securityhub']) {
      expect((await looks(service)).map(({ accountIds }) => new Set(accountIds).size)).toEqual([50]);
    }
  });

  it('are not read when they were refused, or when their request has no followUp', async () => {
    const ids = await created(2);
    const request = await invite([...ids, '222233900004']);
    await expect
      .poll(async () => (await outcomes(request)).filter((one) => one.memberStatus === 'INVITED').length)
      .toBe(4);
    await invite(await created(1), { followUp: false });
    expect(await followed()).toBe(4);
    expect(await gateway.database.prisma.followUp.count()).toBe(0);
  });

  it('are read later when their target cannot be read, without a delay for other targets', async () => {
    const ids = await created(60);
    await gateway.sandbox.put('faults', [
      { match: { service: 'guardduty', operation: 'GetMembers' }, fault: 'access-denied' },
    ]);
    const request = await invite(ids);
    await expect.poll(() => statuses(request, 'SECURITY_HUB')).toEqual(new Set(['INVITED']));
    // One call was enough to put off all sixty.
    const putOff = { memberStatus: null, looks: 1, nextLookAt: { gt: new Date(Date.now() + 3_600_000) } };
    await expect.poll(() => gateway.database.prisma.followedMember.count({ where: putOff })).toBe(60);
    expect(await looks('guardduty')).toHaveLength(1);
    expect(await statuses(request, 'GUARDDUTY')).toEqual(new Set([null]));
    await gateway.sandbox.put('faults', []);
    await timePasses();
    await expect.poll(() => statuses(request, 'GUARDDUTY')).toEqual(new Set(['INVITED']));
  });

  it('are read although GetMembers says nothing of one of them, which is read later', async () => {
    const ids = await created(5);
    gateway.proxy.replace(({ path, service, input }) => {
      if (!path.endsWith('/get') || service !== 'guardduty') {
        return undefined;
      }
      const invitedAt = new Date().toISOString();
      const [, ...others] = (input as { accountIds: string[] }).accountIds.toSorted();
      const members = others.map((accountId) => ({ accountId, relationshipStatus: 'Invited', invitedAt }));
      return { body: { members, unprocessedAccounts: [] } };
    });
    const request = await invite(ids, { services: ['GUARDDUTY'] });
    await expect.poll(() => statuses(request)).toEqual(new Set(['INVITED', null]));
    const seen = (await outcomes(request)).filter(({ memberStatus }) => memberStatus === 'INVITED');
    expect(seen).toHaveLength(4);
    const putOff = { memberStatus: null, looks: 1, nextLookAt: { gt: new Date(Date.now() + 3_600_000) } };
    await expect.poll(() => gateway.database.prisma.followedMember.count({ where: putOff })).toBe(1);
  });

  it('are not read after the deadline', async () => {
    const request = await invite(await created(3), { followUpDays: 1 });
    await expect.poll(() => statuses(request)).toEqual(new Set(['INVITED']));
    const [one] = await gateway.database.prisma.followedMember.findMany();
    expect((one?.until.getTime() ?? 0) - Date.now()).toBeGreaterThan(86_000_000);
    // A day from now at the latest, and the next look with it.
    expect(one?.nextLookAt).toEqual(one?.until);
    await gateway.database.prisma.followedMember.updateMany({ data: { until: new Date() } });
    await timePasses();
    await expect.poll(followed).toBe(0);
    expect(await statuses(request)).toEqual(new Set(['INVITED']));
  });
});
