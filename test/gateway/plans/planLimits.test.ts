import { afterEach, expect, it } from 'vitest';
import {
  CreateMembersDocument,
  InviteMembersDocument,
  PlanCreateMembersDocument,
  PlanInviteMembersDocument,
} from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

const OWN = '111122223333';
const REGION = 'us-east-1';
const WHERE = { account: OWN, region: REGION, service: 'securityhub' };

let gateway: TestGateway;
afterEach(() => gateway.stop());

function tally(words: readonly (string | null)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) {
    counts[String(word)] = (counts[String(word)] ?? 0) + 1;
  }
  return counts;
}

it('a plan counts the members over the limit of Security Hub', async () => {
  gateway = await startGateway();
  const there = accounts(9_990, 1_000).map(({ accountId }) => ({ accountId, status: 'Enabled' }));
  await gateway.sandbox.seed(WHERE, there);
  const input = {
    // The last one is a member already and takes no place.
    accounts: [...accounts(15), ...accounts(1, 1_000)],
    services: ['SECURITY_HUB' as const],
    regions: [REGION],
  };
  const dry = await gateway.execute(PlanCreateMembersDocument, { input: { ...input, dryRun: true } });
  const [target] = dry.createMembers?.plan?.targets ?? [];
  expect(target?.limitChecked).toBe(true);
  expect(tally(target?.accounts.map(({ verdict }) => verdict) ?? [])).toEqual({
    ...{ WOULD_CREATE: 10, OVER_LIMIT: 5, ALREADY_MEMBER: 1 },
  });
  const real = (await gateway.execute(CreateMembersDocument, { input })).createMembers?.request;
  expect(tally(real?.outcomes.nodes.map(({ reasonCode }) => reasonCode) ?? [])).toEqual({
    ...{ null: 10, MEMBER_LIMIT_REACHED: 5, ALREADY_MEMBER: 1 },
  });
});

it('a plan counts the invitations over the limit of Security Hub', async () => {
  gateway = await startGateway();
  const there = accounts(1_020).map(({ accountId }, n) => ({
    accountId,
    status: n < 997 ? 'Invited' : 'Created',
  }));
  await gateway.sandbox.seed(WHERE, there);
  const accountIds = there.slice(990, 1_010).map(({ accountId }) => accountId);
  const input = { accountIds, services: ['SECURITY_HUB' as const], regions: [REGION] };
  const dry = await gateway.execute(PlanInviteMembersDocument, { input: { ...input, dryRun: true } });
  const [target] = dry.inviteMembers?.plan?.targets ?? [];
  expect(tally(target?.accounts.map(({ verdict }) => verdict) ?? [])).toEqual({
    ...{ ALREADY_INVITED: 7, WOULD_INVITE: 3, OVER_LIMIT: 10 },
  });
  const real = (await gateway.execute(InviteMembersDocument, { input })).inviteMembers?.request;
  expect(tally(real?.outcomes.nodes.map(({ reasonCode }) => reasonCode) ?? [])).toEqual({
    ...{ ALREADY_INVITED: 7, null: 3, INVITATION_LIMIT_REACHED: 10 },
  });
});

it('a plan computes its time from the configured rate', async () => {
  gateway = await startGateway({
    environment: {
      ...{ GUARDDUTY_RATE: '50', GUARDDUTY_BURST: '10', SECURITYHUB_RATE: '1000', SECURITYHUB_BURST: '1000' },
    },
  });
  const input = { accounts: accounts(1_000), regions: [REGION], dryRun: true };
  const plan = (await gateway.execute(PlanCreateMembersDocument, { input })).createMembers?.plan;
  // 20 calls each: in GuardDuty 10 at once and the others at 50 a second.
  expect(plan).toMatchObject({
    calls: 40,
    seconds: 0.2,
    targets: [{ calls: 20, seconds: 0.2 }, { seconds: 0 }],
  });
});

it('a plan says when it could not count the members', async () => {
  gateway = await startGateway();
  await gateway.sandbox.put('faults', [{ match: { operation: 'ListMembers' }, fault: 'access-denied' }]);
  const input = {
    accounts: accounts(1),
    services: ['SECURITY_HUB' as const],
    regions: [REGION],
    dryRun: true,
  };
  const plan = (await gateway.execute(PlanCreateMembersDocument, { input })).createMembers?.plan;
  expect(plan?.targets).toMatchObject([
    { limitChecked: false, reasonCode: null, accounts: [{ verdict: 'WOULD_CREATE' }] },
  ]);
});
