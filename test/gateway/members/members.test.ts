import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AccountMembersDocument, AccountsMembersDocument } from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

/** The account of the sandbox's default administrator. */
const OWN = '111122223333';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});
beforeEach(async () => {
  await gateway.sandbox.put('faults', []);
  await gateway.sandbox.clearLog();
});
afterAll(() => gateway.stop());

const getMembers = () => gateway.sandbox.calls('GetMembers');

describe('the members of an account', () => {
  it('are read from both services in every region, in one vocabulary', async () => {
    const [{ accountId, email } = { accountId: '', email: '' }] = accounts(1, 100);
    const times = { invitedAt: '2026-01-02T03:04:05.000Z', updatedAt: '2026-02-03T04:05:06.000Z' };
    const where = { account: OWN, region: 'us-east-1' };
    await gateway.sandbox.seed({ ...where, service: 'guardduty' }, [
      { accountId, email, status: 'EmailVerificationFailed', ...times },
    ]);
    await gateway.sandbox.seed({ ...where, service: 'securityhub' }, [{ accountId, status: 'Associated' }]);
    const before = Date.now();
    const { account } = await gateway.execute(AccountMembersDocument, { accountId });
    expect(account.accountId).toBe(accountId);
    expect(account.members).toMatchObject([
      {
        ...{
          accountId,
          email,
          administrator: 'default',
          service: 'GUARDDUTY',
          region: 'us-east-1',
          ...times,
        },
        ...{ status: 'EMAIL_VERIFICATION_FAILED', serviceStatus: 'EmailVerificationFailed' },
      },
      { service: 'GUARDDUTY', region: 'eu-west-1', status: 'NOT_A_MEMBER', serviceStatus: null, email: null },
      { service: 'SECURITY_HUB', region: 'us-east-1', status: 'ENABLED', serviceStatus: 'Associated' },
      { service: 'SECURITY_HUB', region: 'eu-west-1', status: 'NOT_A_MEMBER', updatedAt: null },
    ]);
    for (const member of account.members) {
      const observedAt = Date.parse(member?.observedAt ?? '');
      expect(observedAt).toBeGreaterThan(before - 1_000);
      expect(observedAt).toBeLessThanOrEqual(Date.now() + 1_000);
    }
  });

  it('are read from the services and regions of the query only, and never from the cache', async () => {
    const [{ accountId } = { accountId: '' }] = accounts(1, 101);
    const read = async () =>
      (
        await gateway.execute(AccountMembersDocument, {
          accountId,
          services: 'SECURITY_HUB',
          regions: 'eu-west-1',
        })
      ).account.members;
    expect(await read()).toMatchObject([{ status: 'NOT_A_MEMBER' }]);
    const where = { account: OWN, region: 'eu-west-1', service: 'securityhub' };
    await gateway.sandbox.seed(where, [{ accountId, status: 'Invited' }]);
    expect(await read()).toMatchObject([{ service: 'SECURITY_HUB', region: 'eu-west-1', status: 'INVITED' }]);
    expect(await getMembers()).toHaveLength(2);
  });
});

describe('the members of 1,000 accounts', () => {
  const accountIds = accounts(1_000).map(({ accountId }) => accountId);

  it('at four targets take exactly 80 calls, of 50 accounts each', async () => {
    const { accounts: answered } = await gateway.execute(AccountsMembersDocument, { accountIds });
    expect(answered.map(({ accountId }) => accountId)).toEqual(accountIds);
    for (const { members } of answered) {
      expect(members.map((member) => member?.status)).toHaveLength(4);
    }
    const calls = await getMembers();
    expect(calls).toHaveLength(80);
    for (const call of calls) {
      expect(new Set(call.accountIds).size).toBe(50);
    }
  });

  it('take as many calls in any shape of the operation, with repeated accounts too', async () => {
    const half = accountIds.slice(0, 500);
    const single = accountIds.slice(500, 540);
    const query = `query ($half: [AwsAccountId!]!, $rest: [AwsAccountId!]!) {
      half: accounts(accountIds: $half) { members(services: [GUARDDUTY]) { status } }
      again: accounts(accountIds: $half) { members { status } hub: members(services: [SECURITY_HUB]) { status } }
      ${single.map((id) => `a${id}: account(accountId: "${id}") { members { status } }`).join('\n')}
      rest: accounts(accountIds: $rest) { members { status } }
    }`;
    const { body } = await gateway.post({ query, variables: { half, rest: accountIds.slice(540) } });
    expect(body.errors).toBeUndefined();
    expect(await getMembers()).toHaveLength(80);
  });

  it('are 1,000 at most, and every id has 12 digits', async () => {
    const ask = async (ids: string[]) =>
      (
        await gateway.post({
          query: 'query ($ids: [AwsAccountId!]!) { accounts(accountIds: $ids) { accountId } }',
          variables: { ids },
        })
      ).body.errors?.map(({ message, extensions }) => `${extensions.code} ${message}`);
    expect(await ask([...accountIds, '222233334444'])).toEqual([
      'BAD_USER_INPUT accountIds: expected at most 1000 accounts, got 1001',
    ]);
    expect(await ask(['222233334444', '17'])).toEqual([
      'BAD_USER_INPUT accountIds.1: expected an AWS account id of exactly 12 digits, got "17"',
    ]);
    expect(await ask([])).toBeUndefined();
    expect(await getMembers()).toEqual([]);
  });
});
