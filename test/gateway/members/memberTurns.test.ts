import { afterEach, describe, expect, it } from 'vitest';
import {
  AccountsMembersDocument,
  CreateMembersDocument,
  type CreateMembersInput,
} from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

const QUERY = `query ($ids: [AwsAccountId!]!) {
  accounts(accountIds: $ids) { members(services: [SECURITY_HUB], regions: ["us-east-1"]) { status } }
}`;

let gateway: TestGateway;
afterEach(() => gateway.stop());

const startWith = async (rate: number, burst: number) => {
  gateway = await startGateway({
    environment: { SECURITYHUB_RATE: String(rate), SECURITYHUB_BURST: String(burst) },
  });
};
const ask = async (count: number, first: number) => {
  const ids = accounts(count, first).map(({ accountId }) => accountId);
  return (await gateway.post({ query: QUERY, variables: { ids } })).body;
};

describe('reads that have to wait for the rate of their target', () => {
  it('share calls across callers', async () => {
    // The second call has its turn after 3.3 s: time for all four queries to arrive.
    await startWith(0.6, 2);
    expect((await ask(1, 0)).errors).toBeUndefined();
    const answers = await Promise.all([ask(15, 10), ask(15, 20), ask(15, 30), ask(1, 40)]);
    for (const { errors } of answers) {
      expect(errors).toBeUndefined();
    }
    const calls = await gateway.sandbox.calls('GetMembers');
    expect(calls.map(({ accountIds }) => accountIds.length)).toEqual([1, 35]);
    expect(new Set(calls[1]?.accountIds).size).toBe(35);
  });

  it('are THROTTLED at once when their turn would come too late', async () => {
    await startWith(0.01, 2);
    expect((await ask(1, 0)).errors).toBeUndefined();
    const { data, errors } = await ask(2, 10);
    expect(data).toEqual({ accounts: [{ members: [null] }, { members: [null] }] });
    expect(errors).toHaveLength(2);
    expect(errors?.[0]).toMatchObject({
      message:
        'SECURITY_HUB in us-east-1 as default: its rate leaves no room for this read within 30 seconds; try again later, or query fewer accounts at once',
      path: ['accounts', 0, 'members', 0],
      extensions: { code: 'THROTTLED', reasonCode: 'THROTTLED', region: 'us-east-1' },
    });
    expect(await gateway.sandbox.calls('GetMembers')).toHaveLength(1);
  });

  it('are sent again only as often as their turns allow', async () => {
    await startWith(0.01, 4);
    await gateway.sandbox.put('faults', [{ match: { operation: 'GetMembers' }, fault: 'internal-error' }]);
    const { errors } = await ask(1, 0);
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_FAILED', reasonCode: 'INTERNAL_ERROR' } }]);
    // Half of the burst is for reads.
    expect(await gateway.sandbox.calls('GetMembers')).toHaveLength(2);
  });

  it('leave room for writes, and writes leave room for them', async () => {
    await startWith(20, 4);
    const input: CreateMembersInput = {
      accounts: accounts(2_000),
      services: ['SECURITY_HUB'],
      regions: ['us-east-1'],
      waitSeconds: 0,
    };
    await gateway.execute(CreateMembersDocument, { input });
    await expect.poll(async () => (await gateway.sandbox.calls('CreateMembers')).length).toBeGreaterThan(5);
    const writesBefore = (await gateway.sandbox.calls('CreateMembers')).length;
    for (let n = 0; n < 10; n++) {
      expect((await ask(50, n * 50)).errors).toBeUndefined();
    }
    const writes = (await gateway.sandbox.calls('CreateMembers')).length - writesBefore;
    expect(writes).toBeGreaterThanOrEqual(5);
    expect(await gateway.sandbox.calls('GetMembers')).toHaveLength(10);
  });

  it('of a large operation keep to the rate, with no more calls than without it', async () => {
    await startWith(40, 10);
    const accountIds = accounts(1_000).map(({ accountId }) => accountId);
    const { accounts: answered } = await gateway.execute(AccountsMembersDocument, { accountIds });
    expect(answered).toHaveLength(1_000);
    const calls = (await gateway.sandbox.calls('GetMembers')).filter(
      ({ service }) => service === 'securityhub',
    );
    expect(calls).toHaveLength(40);
  });
});
