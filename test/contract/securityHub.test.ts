import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeMembershipService } from './describeMembershipService.js';
import { administrator, startSandboxFixture, type SandboxFixture } from './sandboxFixture.js';

describeMembershipService('Security Hub', () => ({
  service: 'SECURITY_HUB',
  signingName: 'securityhub',
  detectorId: async () => null,
  refusals: {
    'a missing permission': ['access-denied', 403, 'AccessDeniedException'],
    'a missing subscription': ['not-enabled', 401, 'InvalidAccessException'],
    'a bad input': ['bad-input', 400, 'InvalidInputException'],
    throttling: ['throttle', 429, 'LimitExceededException'],
  },
  internalError: 'InternalException',
}));

let fixture: SandboxFixture;
beforeAll(async () => {
  fixture = await startSandboxFixture();
});
afterAll(() => fixture.stop());

it('omits a missing e-mail address', async () => {
  const upstream = fixture.upstream({ administrators: [administrator()] });
  const target = { administrator: 'security', service: 'SECURITY_HUB', region: 'eu-west-1' } as const;
  const accounts = [
    { accountId: '000000000001', email: null },
    { accountId: '000000000002', email: 'm2@example.com' },
  ];
  const created = await upstream.changeMembers(target, {
    operation: 'CREATE_MEMBERS',
    accounts,
    detectorId: null,
    message: null,
    disableEmailNotification: null,
  });
  expect(created).toMatchObject({ kind: 'ANSWERED', unprocessed: [] });
  const read = await upstream.getMembers(target, null, ['000000000001', '000000000002']);
  expect(read).toMatchObject({ members: accounts });
});
