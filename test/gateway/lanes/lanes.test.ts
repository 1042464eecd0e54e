import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CreateMembersDocument, RequestsDocument, type CreateMembersInput } from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';
import { lockTable, waitingFor } from '../../support/lockedTable.js';
import type { LoggedCall } from '../../support/sandboxControl.js';

/** The rates AWS grants, in gateway and sandbox alike: what leaves too fast is throttled. */
const AWS_RATES = {
  environment: {
    GUARDDUTY_RATE: '5',
    GUARDDUTY_BURST: '10',
    SECURITYHUB_RATE: '10',
    SECURITYHUB_BURST: '30',
  },
  sandbox: {
    rates: { guardduty: { perSecond: 5, burst: 10 }, securityhub: { perSecond: 10, burst: 30 } },
  },
};

let gateway: TestGateway;
let first = 0;

beforeAll(async () => {
  gateway = await startGateway(AWS_RATES);
});
afterAll(() => gateway.stop());
beforeEach(async () => {
  first += 100_000;
  await gateway.sandbox.clearLog();
});

const create = async (input: CreateMembersInput) =>
  (await gateway.execute(CreateMembersDocument, { input })).createMembers?.request;

function byTarget(calls: LoggedCall[]): Map<string, LoggedCall[]> {
  return Map.groupBy(calls, ({ service, region }) => `${service}/${region}`);
}

describe('lanes', () => {
  it('gather 300 concurrent mutations of one account each into 10 calls per target, or more on a slow machine', async () => {
    const startedAt = performance.now();
    const requests = await Promise.all(
      accounts(300, first).map((account) => create({ accounts: [account], waitSeconds: 60 })),
    );
    for (const request of requests) {
      expect(request).toMatchObject({ status: 'SUCCEEDED', counts: { processed: 4 } });
    }
    const seconds = (performance.now() - startedAt) / 1_000;
    const targets = byTarget(await gateway.sandbox.calls('CreateMembers'));
    expect(targets.size).toBe(4);
    for (const [target, calls] of targets) {
      // Six full calls; of others two at once, and then a quarter of the rate for as long as mutations keep coming.
      const perSecond = target.startsWith('guardduty') ? 5 : 10;
      expect(calls.length).toBeLessThanOrEqual(Math.max(10, 6 + 2 + Math.ceil((seconds * perSecond) / 4)));
      expect(calls.flatMap(({ accountIds }) => accountIds)).toHaveLength(300);
    }
  });

  it('send full calls: 520 accounts take 11 calls, none above 50, none throttled', async () => {
    const request = await create({
      accounts: accounts(520, first),
      services: ['SECURITY_HUB'],
      regions: ['us-east-1'],
      waitSeconds: 60,
    });
    expect(request?.status).toBe('SUCCEEDED');
    const calls = await gateway.sandbox.calls('CreateMembers');
    expect(calls.map(({ accountIds }) => accountIds.length).sort((a, b) => a - b)).toEqual([
      20,
      ...Array<number>(10).fill(50),
    ]);
    expect(new Set(calls.map(({ httpStatus }) => httpStatus))).toEqual(new Set([200]));
  });

  it('send an account of several concurrent requests in one call, once', async () => {
    const where = { services: ['SECURITY_HUB' as const], regions: ['us-east-1'] };
    const asked = accounts(30, first);
    // The first call keeps the lane busy; what comes meanwhile gathers behind it.
    await gateway.sandbox.put('latency', { ms: 3_000 });
    const busy = create({ ...where, accounts: accounts(1, first + 500) });
    await expect.poll(() => gateway.sandbox.calls('CreateMembers')).toHaveLength(1);
    await gateway.sandbox.put('latency', { ms: 0 });
    const requests = [asked, asked, asked.slice(10)].map((some) => create({ ...where, accounts: some }));
    for (const request of await Promise.all(requests)) {
      expect(request?.status).toBe('SUCCEEDED');
    }
    expect((await busy)?.status).toBe('SUCCEEDED');
    const calls = await gateway.sandbox.calls('CreateMembers');
    expect(calls.map(({ accountIds }) => accountIds.length)).toEqual([1, 30]);
  });

  it('serve one account before a request of ten thousand ends', async () => {
    const big = await create({ accounts: accounts(10_000, first), waitSeconds: 0 });
    expect(big?.counts.total).toBe(40_000);
    const small = await create({ accounts: accounts(1, first + 50_000) });
    expect(small?.status).toBe('SUCCEEDED');
    const { requests } = await gateway.execute(RequestsDocument, { first: 2 });
    const now = requests.nodes.find(({ id }) => id === big?.id);
    expect(now?.status).toBe('RUNNING');
    expect(now?.counts.pending).toBeGreaterThan(0);
  });
});

describe('a request of ten thousand accounts', () => {
  it('does not delay small queries while it is being recorded', async () => {
    const client = await lockTable(gateway.databaseUrl, 'request_account', 'SHARE');
    try {
      let isAccepted = false;
      const big = create({ accounts: accounts(10_000, first), waitSeconds: 0 }).finally(() => {
        isAccepted = true;
      });
      await expect.poll(() => waitingFor('request_account', client), { timeout: 20_000 }).toBe(1);
      for (let query = 0; query < 5; query += 1) {
        expect(await gateway.execute(RequestsDocument, { first: 1 })).toHaveProperty('requests.nodes');
      }
      expect(isAccepted).toBe(false);
      await client.query('ROLLBACK');
      expect((await big)?.counts.total).toBe(40_000);
    } finally {
      await client.end();
    }
  });
});
