import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  CreateMembersDocument,
  InviteMembersDocument,
  PlanInviteMembersDocument,
  ReconcileDocument,
  type ReconcileInput,
} from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

/** The account of the sandbox's default administrator. */
const OWN = '111122223333';
const REGION = 'us-east-1';
const WORDS = ['Created', 'Invited', 'Enabled', 'Removed', 'Resigned', 'AccountSuspended', 'Disabled'];

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});
beforeEach(async () => {
  await gateway.sandbox.put('faults', []);
  await gateway.sandbox.clearLog();
});
afterAll(() => gateway.stop());

const seed = async (members: { accountId: string; email: string; status: string }[]) => {
  for (const service of ['guardduty', 'securityhub']) {
    await gateway.sandbox.seed({ account: OWN, region: REGION, service }, members);
  }
};
async function reconcile(input: ReconcileInput) {
  const { reconcile: answer } = await gateway.execute(ReconcileDocument, { input });
  return answer;
}
type Target = Awaited<ReturnType<typeof reconcile>>['targets'][number];
const idsIn = (target: Target | undefined, list: 'toCreate' | 'toInvite' | 'toRecreate' | 'emailMissing') =>
  target?.[list]?.accounts.map(({ accountId }) => accountId);

describe('reconcile', () => {
  it('predicts what createMembers and inviteMembers do, and then finds it done', async () => {
    const wanted = accounts(70);
    await seed(wanted.slice(0, 63).map((one, n) => ({ ...one, status: WORDS[n % WORDS.length] ?? '' })));
    await seed(accounts(55, 500).map((one, n) => ({ ...one, status: n < 50 ? 'Enabled' : 'Removed' })));
    const input = { accounts: [...wanted, { accountId: OWN, email: 'own@example.com' }], regions: [REGION] };
    const { targets, userErrors } = await reconcile(input);
    expect(userErrors).toEqual([]);
    expect(targets.map(({ service }) => service)).toEqual(['GUARDDUTY', 'SECURITY_HUB']);
    for (const target of targets) {
      expect(target).toMatchObject({
        // Nine members have each status; seven accounts are no members yet.
        toCreate: { totalCount: 25 },
        toInvite: { totalCount: 9 },
        emailMissing: { totalCount: 0 },
        unexpected: { totalCount: 50 },
        emailDiffers: { totalCount: 0 },
        upToDate: 36,
        reasonCode: null,
        reason: null,
        observedAt: expect.any(String) as string,
      });
      const where = { services: [target.service], regions: [REGION] };
      const toCreate = target.toCreate?.accounts.map(({ accountId, email }) => ({ accountId, email })) ?? [];
      const made = await gateway.execute(CreateMembersDocument, { input: { ...where, accounts: toCreate } });
      expect(made).toMatchObject({ createMembers: { request: { status: 'SUCCEEDED' } } });
      const toInvite = { ...where, accountIds: idsIn(target, 'toInvite') ?? [] };
      const invited = await gateway.execute(InviteMembersDocument, { input: toInvite });
      expect(invited).toMatchObject({ inviteMembers: { request: { status: 'SUCCEEDED' } } });
    }
    // Each service has 118 members: three pages.
    expect(await gateway.sandbox.calls('ListMembers')).toHaveLength(6);

    const again = await reconcile(input);
    for (const target of again.targets) {
      expect(target).toMatchObject({
        toCreate: { totalCount: 0 },
        toInvite: { totalCount: 25 },
        upToDate: 45,
      });
      const accountIds = idsIn(target, 'toInvite') ?? [];
      await gateway.execute(InviteMembersDocument, { input: { accountIds, regions: [REGION] } });
    }
    // Accounts that need neither operation are refused: they are members already.
    const everyone = { accounts: wanted, regions: [REGION] };
    const made = (await gateway.execute(CreateMembersDocument, { input: everyone })).createMembers?.request;
    expect(made?.counts).toMatchObject({ total: 140, unprocessed: 140 });
    const done = await reconcile(input);
    expect(done.targets.map(({ upToDate }) => upToDate)).toEqual([70, 70]);
  });

  it('compares e-mail addresses without case, and lists those missing for GuardDuty', async () => {
    const [same, other, created, none] = accounts(4, 900);
    if (!same || !other || !created || !none) {
      throw new Error('four accounts');
    }
    await seed([same, other].map((one) => ({ ...one, status: 'Enabled' })));
    await seed([{ ...created, status: 'Created' }]);
    const { targets } = await reconcile({
      regions: [REGION],
      accounts: [
        { ...same, email: same.email.toUpperCase() },
        { ...other, email: 'other@example.com' },
        { ...created, email: 'another@example.com' },
        { accountId: none.accountId },
      ],
    });
    const [guardDuty, securityHub] = targets;
    expect(guardDuty?.emailDiffers?.accounts).toEqual([
      {
        accountId: other.accountId,
        email: 'other@example.com',
        memberEmail: other.email,
        memberStatus: 'ENABLED',
      },
      expect.objectContaining({ accountId: created.accountId, memberEmail: created.email }),
    ]);
    expect(idsIn(guardDuty, 'toInvite')).toEqual([created.accountId]);
    expect(guardDuty?.upToDate).toBe(1);
    expect(idsIn(guardDuty, 'emailMissing')).toEqual([none.accountId]);
    expect(idsIn(guardDuty, 'toCreate')).toEqual([]);
    expect(idsIn(securityHub, 'emailMissing')).toEqual([]);
    expect(idsIn(securityHub, 'toCreate')).toEqual([none.accountId]);
  });

  it('lists members whose verification failed to be created again, and the plan of an invitation agrees', async () => {
    const [failed] = accounts(1, 950);
    if (!failed) {
      throw new Error('one account');
    }
    const target = { regions: [REGION], services: ['GUARDDUTY' as const] };
    await seed([{ ...failed, status: 'EmailVerificationFailed' }]);
    const { targets } = await reconcile({ ...target, accounts: [failed] });
    expect(targets).toMatchObject([
      {
        toCreate: { totalCount: 0 },
        toInvite: { totalCount: 0 },
        toRecreate: { totalCount: 1, accounts: [{ ...failed, memberStatus: 'EMAIL_VERIFICATION_FAILED' }] },
        upToDate: 0,
      },
    ]);
    const input = { ...target, accountIds: [failed.accountId], dryRun: true };
    const { inviteMembers } = await gateway.execute(PlanInviteMembersDocument, { input });
    expect(inviteMembers?.plan?.targets[0]?.accounts).toMatchObject([
      { accountId: failed.accountId, verdict: 'EMAIL_VERIFICATION_FAILED' },
    ]);
  });

  it('shows each list up to the limit, by account id, and counts all of it', async () => {
    const { targets } = await reconcile({ regions: [REGION], accounts: accounts(150, 2_000), limit: 3 });
    const [first, second, third] = accounts(3, 2_000);
    expect(targets[0]?.toCreate).toMatchObject({ totalCount: 150, accounts: [first, second, third] });
    const shown = await reconcile({ regions: [REGION], accounts: accounts(150, 2_000) });
    expect(shown.targets[0]?.toCreate?.accounts).toHaveLength(100);
  });

  it('takes 10,000 accounts', async () => {
    const input = { regions: [REGION], services: ['GUARDDUTY' as const], limit: 10_000 };
    const { targets } = await reconcile({ ...input, accounts: accounts(10_000, 10_000) });
    expect(targets[0]?.toCreate?.accounts).toHaveLength(10_000);
  });

  it('shows why a target cannot be read, beside the other targets', async () => {
    await gateway.sandbox.put('faults', [
      { match: { service: 'guardduty', operation: 'ListMembers' }, fault: 'access-denied' },
    ]);
    const { targets } = await reconcile({ regions: [REGION], accounts: accounts(1, 3_000) });
    expect(targets).toMatchObject([
      { observedAt: null, toCreate: null, unexpected: null, upToDate: null, reasonCode: 'ACCESS_DENIED' },
      { toCreate: { totalCount: 1 }, reasonCode: null, reason: null },
    ]);
    expect(targets[0]?.reason).toMatch(/denied|authorized/i);
  });

  it('names every fault of its input, without any call', async () => {
    const { targets, userErrors } = await reconcile({
      accounts: [{ accountId: '17' }, { accountId: '222233334444', email: 'no address' }],
      regions: ['mars-1'],
      limit: 0,
      maxAgeSeconds: -1,
    });
    expect(targets).toEqual([]);
    expect(userErrors.map(({ field, code }) => [field?.join('.'), code])).toEqual([
      ['input.regions', 'UNKNOWN_REGION'],
      ['input.limit', 'INVALID_INPUT'],
      ['input.maxAgeSeconds', 'INVALID_INPUT'],
      ['input.accounts.0.accountId', 'INVALID_INPUT'],
      ['input.accounts.1.email', 'INVALID_INPUT'],
    ]);
    const wide = await reconcile({ accounts: accounts(1), limit: 10_001 });
    expect(wide.userErrors).toMatchObject([
      { message: 'expected 1 to 10000 accounts in each list, got 10001' },
    ]);
    expect(await gateway.sandbox.log()).toEqual([]);
  });
});
