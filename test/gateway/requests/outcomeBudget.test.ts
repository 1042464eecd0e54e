import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/loadConfig.js';
import { LOCAL_CALLER } from '../../../src/membership.js';
import { createFairTurns } from '../../../src/services/fairTurns.js';
import { createRecordRequest } from '../../../src/services/requests/recordRequest.js';
import { createRequestEvents } from '../../../src/store/requests/requestEvents.js';
import { insertingStore, newRequest } from '../../store/recordFixture.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

const BUDGET = 6_000;

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({
    environment: { AUTH_MODE: 'token', CALLER_BUDGET: String(BUDGET), CALLER_BUDGET_SECONDS: '3600' },
  });
});
afterAll(() => gateway.stop());

/** A caller of its own, with a full budget. */
async function startCaller(name: string) {
  const authorization = `Bearer ${await gateway.token(name, 'ADMIN')}`;
  const run = async (query: string, variables: object = {}) => {
    const { body } = await gateway.post({ query, variables }, { authorization });
    return { ...body, error: body.errors?.[0]?.extensions };
  };
  return {
    run,
    create: (input: object) =>
      run(
        'mutation ($input: CreateMembersInput!) { createMembers(input: $input) { request { id } userErrors { code } } }',
        { input },
      ),
    async remaining() {
      const { extensions } = await run('{ __typename }');
      return (extensions as { cost: { budget: { remaining: number } } }).cost.budget.remaining;
    },
    async requests() {
      const { data } = await run('{ requests { totalCount } }');
      return (data as { requests: { totalCount: number } }).requests.totalCount;
    },
  };
}

const ALL_TARGETS = {
  services: ['GUARDDUTY', 'SECURITY_HUB'],
  regions: ['us-east-1', 'eu-west-1'],
  waitSeconds: 0,
};
const ONE_TARGET = { services: ['SECURITY_HUB'], regions: ['us-east-1'] };

describe('the outcomes of a mutation', () => {
  it('are charged, and nothing is recorded when the budget has fewer points', async () => {
    const caller = await startCaller('creator');
    const before = await caller.remaining();
    // 500 accounts at 4 targets.
    const first = await caller.create({ ...ALL_TARGETS, accounts: accounts(500), idempotencyKey: 'one' });
    expect(first.error).toBeUndefined();
    const after = await caller.remaining();
    expect(before - after).toBeGreaterThan(500 + 2 * 2_000);
    expect(before - after).toBeLessThan(500 + 2 * 2_000 + 50);
    const recorded = await caller.requests();
    const second = await caller.create({ ...ALL_TARGETS, accounts: accounts(180, 500) });
    expect(second.data).toEqual({ createMembers: null });
    expect(second.error).toMatchObject({
      code: 'RATE_LIMITED',
      limit: 'CALLER_BUDGET',
      maximum: BUDGET,
      actual: expect.any(Number),
      retryAfterSeconds: expect.any(Number),
    });
    expect(second.error?.['actual']).toBeGreaterThan(BUDGET);
    expect(await caller.requests()).toBe(recorded);
  });

  it('are not charged again when an idempotency key finds the request', async () => {
    const caller = await startCaller('repeater');
    const input = { ...ALL_TARGETS, accounts: accounts(300), idempotencyKey: 'again' };
    const first = await caller.create(input);
    const before = await caller.remaining();
    for (let repetition = 0; repetition < 5; repetition += 1) {
      expect((await caller.create(input)).data).toEqual(first.data);
    }
    expect(before - (await caller.remaining())).toBeLessThan(5 * 340);
  });

  it('of a retry cost as much as those of the first request', async () => {
    const caller = await startCaller('retrier');
    await gateway.sandbox.put('faults', [{ match: { operation: 'CreateMembers' }, fault: 'access-denied' }]);
    const failed = await caller.create({ ...ONE_TARGET, accounts: accounts(400), waitSeconds: 30 });
    const { id } = (failed.data as { createMembers: { request: { id: string } } }).createMembers.request;
    const before = await caller.remaining();
    const retry = `mutation { retryRequest(input: { requestId: "${id}", onlyRetryable: false, waitSeconds: 0 }) { userErrors { message } } }`;
    expect((await caller.run(retry)).data).toEqual({ retryRequest: { userErrors: [] } });
    expect(before - (await caller.remaining())).toBeGreaterThan(2 * 400);
    const answers = [];
    for (let i = 0; i < 6; i += 1) {
      answers.push((await caller.run(retry)).error?.code ?? null);
    }
    expect(answers.at(-1)).toBe('RATE_LIMITED');
    await gateway.sandbox.put('faults', []);
  });

  it('are LIMIT_EXCEEDED when a full budget has fewer points', async () => {
    const caller = await startCaller('giant');
    const { error } = await caller.create({ ...ALL_TARGETS, accounts: accounts(1_000) });
    expect(error).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      limit: 'CALLER_BUDGET',
      maximum: BUDGET,
      actual: 8_000,
    });
  });

  it('of 10,000 accounts in both services and 17 regions fit the default budget', async () => {
    const charged: number[] = [];
    const record = createRecordRequest({
      store: insertingStore,
      events: createRequestEvents(gateway.database.prisma),
      spend: async (_caller, points) => {
        charged.push(points);
        return null;
      },
      turns: createFairTurns({ total: 100_000, perCaller: 100_000, waiting: 1_000 }),
      stopping: AbortSignal.abort(),
    });
    const request = newRequest([1]);
    const [account] = request.accounts;
    const [target] = request.targets;
    await record(
      {
        ...request,
        caller: LOCAL_CALLER,
        accounts: Array.from({ length: 10_000 }, () => account!),
        targets: Array.from({ length: 34 }, () => target!),
      },
      { waitSeconds: 0 },
    );
    expect(charged).toEqual([680_000]);
    expect(loadConfig({}).access.budget.points).toBeGreaterThan(10_011 + 680_000);
  });
});

describe('an operation that looks at accounts and targets without a request', () => {
  const EVERYWHERE = '{ services: [GUARDDUTY, SECURITY_HUB], regions: ["us-east-1", "eu-west-1"]';
  const members = accounts(100)
    .map(({ accountId }) => `{ accountId: "${accountId}" }`)
    .join(' ');
  const ids = accounts(100)
    .map(({ accountId }) => `"${accountId}"`)
    .join(' ');
  const dryRunOf = (mutation: string, list: string) =>
    `mutation { ${mutation}(input: ${EVERYWHERE}, ${list}, dryRun: true }) { userErrors { code } } }`;

  it.each([
    ['createMembers', 4_400, dryRunOf('createMembers', `accounts: [${members}]`)],
    ['inviteMembers', 4_400, dryRunOf('inviteMembers', `accountIds: [${ids}]`)],
    ['disassociateMembers', 4_400, dryRunOf('disassociateMembers', `accountIds: [${ids}]`)],
    ['deleteMembers', 4_400, dryRunOf('deleteMembers', `accountIds: [${ids}]`)],
    [
      'reconcile',
      4_400,
      `{ reconcile(input: ${EVERYWHERE}, accounts: [${members}] }) { userErrors { code } } }`,
    ],
    [
      'refreshInventory',
      4_000,
      `mutation { refreshInventory(input: ${EVERYWHERE}, waitSeconds: 20 }) { userErrors { code } } }`,
    ],
    ['coverage', 1_400, '{ coverage(first: 1) { gapCount } }'],
  ])('costs what it looks at, and reads nothing without enough points: %s', async (field, points, query) => {
    const caller = await startCaller(field);
    const before = await caller.remaining();
    expect((await caller.run(query)).error).toBeUndefined();
    expect(before - (await caller.remaining())).toBeGreaterThan(points);
    while ((await caller.remaining()) > points) {
      await caller.run('{ coverage(first: 1) { gapCount } }');
    }
    const reads = async () =>
      (await gateway.sandbox.log()).filter(({ operation }) => /^(Get|List)Members$/.test(operation)).length;
    const readsBefore = await reads();
    expect((await caller.run(query)).error?.code).toBe('RATE_LIMITED');
    expect(await reads()).toBe(readsBefore);
  });
});
