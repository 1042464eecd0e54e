import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  CreateMembersDocument,
  InviteMembersDocument,
  PlanCreateMembersDocument,
  PlanInviteMembersDocument,
  type PlanFragment,
} from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

/** The account of the sandbox's default administrator. */
const OWN = '111122223333';
const REGION = 'us-east-1';
/** What both services may write, besides no entry at all. */
const WORDS = [
  ...['Created', 'Invited', 'Enabled', 'Removed', 'Resigned', 'AccountSuspended', 'Disabled'],
  'EmailVerificationFailed',
];
/** Several ordinary accounts with each word, more that are no members, and the administrator itself. */
const ASKED = [...accounts(120), { accountId: OWN, email: 'own@example.com' }];
const SEEDED = ASKED.slice(0, 70).map(({ accountId, email }, n) => ({
  ...{ accountId, email, status: WORDS[n % WORDS.length] ?? '' },
  ...{ invitedAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' },
}));

/** The outcomes that a verdict foretells: PROCESSED, or one of these reasons. */
const FORETOLD: Readonly<Record<string, readonly string[]>> = {
  WOULD_CREATE: ['PROCESSED'],
  WOULD_INVITE: ['PROCESSED'],
  ALREADY_MEMBER: ['ALREADY_MEMBER'],
  ALREADY_INVITED: ['ALREADY_INVITED'],
  // The sandbox says of an account that it does not know what was seen of GuardDuty.
  NOT_CREATED: ['NOT_CREATED', 'NOT_ASSOCIATED'],
  // The service takes the invitation and sends none.
  EMAIL_VERIFICATION_FAILED: ['PROCESSED'],
  SELF: ['SELF'],
};

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});
beforeEach(async () => {
  for (const service of ['guardduty', 'securityhub']) {
    await gateway.sandbox.seed({ account: OWN, region: REGION, service }, SEEDED);
  }
  await gateway.sandbox.clearLog();
});
afterAll(() => gateway.stop());

const changes = async () =>
  [await gateway.sandbox.calls('CreateMembers'), await gateway.sandbox.calls('InviteMembers')].flat();
const byAccount = (plan: PlanFragment | null | undefined) =>
  new Map(
    plan?.targets.flatMap(({ service, accounts: planned }) =>
      planned.map(({ accountId, verdict }) => [`${service} ${accountId}`, verdict] as [string, string]),
    ),
  );

describe('a plan predicts every outcome and the number of calls', () => {
  it('of createMembers, and changes nothing', async () => {
    const input = { accounts: ASKED, regions: [REGION], note: 'OPS-1', idempotencyKey: 'plan' };
    const dry = await gateway.execute(PlanCreateMembersDocument, { input: { ...input, dryRun: true } });
    expect(dry.createMembers).toMatchObject({ request: null, userErrors: [] });
    expect(await changes()).toEqual([]);
    const plan = dry.createMembers?.plan;
    expect(plan?.targets.map(({ limitChecked, reasonCode }) => [limitChecked, reasonCode])).toEqual([
      [true, null],
      [true, null],
    ]);

    const real = (await gateway.execute(CreateMembersDocument, { input })).createMembers?.request;
    await compare(plan, real?.id ?? '', 242);
    expect(plan?.calls).toBe((await changes()).length);
  });

  it('of inviteMembers, and changes nothing', async () => {
    // Another account for each of those that the test before may have created.
    const accountIds = [...SEEDED.map(({ accountId }) => accountId), '234500000001', '234500000002', OWN];
    const input = { accountIds, regions: [REGION] };
    const dry = await gateway.execute(PlanInviteMembersDocument, { input: { ...input, dryRun: true } });
    expect(await changes()).toEqual([]);
    expect(await gateway.sandbox.mails()).toEqual([]);
    const plan = dry.inviteMembers?.plan;
    const real = (await gateway.execute(InviteMembersDocument, { input })).inviteMembers?.request;
    await compare(plan, real?.id ?? '', 146);
    expect(plan?.calls).toBe((await changes()).length);
  });

  /** Holds every outcome of a request against what the plan said of it. */
  async function compare(plan: PlanFragment | null | undefined, id: string, count: number) {
    const verdicts = byAccount(plan);
    const outcomes = await everyOutcome(id);
    expect(outcomes).toHaveLength(count);
    expect(verdicts.size).toBe(count);
    for (const { service, accountId, status, reasonCode } of outcomes) {
      const verdict = verdicts.get(`${service} ${accountId}`) ?? 'none';
      const ended = status === 'PROCESSED' ? 'PROCESSED' : reasonCode;
      expect([accountId, verdict, FORETOLD[verdict]]).toEqual([
        accountId,
        verdict,
        expect.arrayContaining([ended]),
      ]);
    }
  }

  interface Ended {
    service: string;
    accountId: string;
    status: string;
    reasonCode: string | null;
  }
  async function everyOutcome(id: string): Promise<Ended[]> {
    const query = `query ($id: ID!, $after: String) { request(id: $id) { outcomes(first: 100, after: $after) {
      nodes { service accountId status reasonCode } pageInfo { hasNextPage endCursor } } } }`;
    const all: Ended[] = [];
    let after: string | null = null;
    do {
      const { body } = await gateway.post({ query, variables: { id, after } });
      const { nodes, pageInfo } = (
        body.data as {
          request: {
            outcomes: { nodes: Ended[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
          };
        }
      ).request.outcomes;
      all.push(...nodes);
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    return all;
  }
});

describe('a plan', () => {
  it('records nothing', async () => {
    const before = (await gateway.post({ query: '{ requests { nodes { id } } }' })).body.data;
    await gateway.execute(PlanCreateMembersDocument, { input: { accounts: accounts(1), dryRun: true } });
    expect((await gateway.post({ query: '{ requests { nodes { id } } }' })).body.data).toEqual(before);
  });

  it('names the accounts that lack the e-mail address GuardDuty requires', async () => {
    const input = { accounts: [{ accountId: '234500000009' }], regions: [REGION], dryRun: true };
    const { createMembers } = await gateway.execute(PlanCreateMembersDocument, { input });
    expect(createMembers?.userErrors).toEqual([]);
    expect(Object.fromEntries(byAccount(createMembers?.plan))).toEqual({
      'GUARDDUTY 234500000009': 'EMAIL_MISSING',
      'SECURITY_HUB 234500000009': 'WOULD_CREATE',
    });
  });

  it('takes 1,000 accounts, and has the same faults of the input as the mutation', async () => {
    const input = { accounts: [...accounts(1_001), { accountId: '17' }], dryRun: true };
    const { createMembers } = await gateway.execute(PlanCreateMembersDocument, { input });
    expect(createMembers?.plan).toBeNull();
    expect(createMembers?.userErrors.map(({ code }) => code).toSorted()).toEqual([
      'INVALID_INPUT',
      'TOO_MANY_ACCOUNTS',
    ]);
    expect(await gateway.sandbox.calls('GetMembers')).toEqual([]);
  });

  it('shows a target that cannot be read, beside the other targets', async () => {
    await gateway.sandbox.put('faults', [
      { match: { region: REGION, service: 'guardduty', operation: 'GetMembers' }, fault: 'access-denied' },
    ]);
    const input = { accounts: accounts(1, 500), regions: [REGION], dryRun: true };
    const plan = (await gateway.execute(PlanCreateMembersDocument, { input })).createMembers?.plan;
    await gateway.sandbox.put('faults', []);
    expect(plan?.targets).toMatchObject([
      {
        reasonCode: 'ACCESS_DENIED',
        limitChecked: false,
        accounts: [{ verdict: 'UNKNOWN', memberStatus: null }],
      },
      {
        reasonCode: null,
        limitChecked: true,
        accounts: [{ verdict: 'WOULD_CREATE', memberStatus: 'NOT_A_MEMBER' }],
      },
    ]);
  });
});
