import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AccountMembersDocument, AccountsMembersDocument } from '../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../support/gateway.js';

/** The account of the sandbox's default administrator. */
const OWN = '111122223333';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});
beforeEach(() => gateway.sandbox.clearLog());
afterAll(() => gateway.stop());

describe('the members of an account', () => {
  it('are read from both services in every region, in one vocabulary', async () => {
    const [{ accountId, email } = { accountId: '', email: '' }] = accounts(1, 100);
    const times = { invitedAt: '2026-01-02T03:04:05.000Z', updatedAt: '2026-02-03T04:05:06.000Z' };
    const where = { account: OWN, region: 'us-east-1' };
    await gateway.sandbox.seed({ ...where, service: 'guardduty' }, [
      { accountId, email, status: 'EmailVerificationFailed', ...times },
    ]);
    await gateway.sandbox.seed({ ...where, service: 'securityhub' }, [{ accountId, status: 'Enabled' }]);
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
      { service: 'SECURITY_HUB', region: 'us-east-1', status: 'ENABLED', serviceStatus: 'Enabled' },
      { service: 'SECURITY_HUB', region: 'eu-west-1', status: 'NOT_A_MEMBER', updatedAt: null },
    ]);
    for (const member of account.members) {
      const observedAt = Date.parse(member?.observedAt ?? '');
      expect(observedAt).toBeGreaterThan(before - 1_000);
      expect(observedAt).toBeLessThanOrEqual(Date.now() + 1_000);
    }
  });
});

describe('the members of 1,000 accounts', () => {
  const accountIds = accounts(1_000).map(({ accountId }) => accountId);

  it('at four targets take exactly 80 calls', async () => {
    const { accounts: answered } = await gateway.execute(AccountsMembersDocument, { accountIds });
    expect(answered.map(({ accountId }) => accountId)).toEqual(accountIds);
    for (const { members } of answered) expect(members.map((member) => member?.status)).toHaveLength(4);
    expect(await gateway.sandbox.calls('GetMembers')).toHaveLength(80);
  });
});
