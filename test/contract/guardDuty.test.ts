import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MemberChange, Upstream } from '../../src/ports/upstream.js';
import { describeMembershipService } from './describeMembershipService.js';
import { administrator, OWN_ACCOUNT, startSandboxFixture, type SandboxFixture } from './sandboxFixture.js';

describeMembershipService('GuardDuty', () => ({
  service: 'GUARDDUTY',
  signingName: 'guardduty',
  async detectorId(upstream, target) {
    const found = await upstream.findDetector(target);
    return found.kind === 'READ' ? found.detectorId : null;
  },
  refusals: {
    'a missing permission': ['access-denied', 403, 'AccessDeniedException'],
    'a foreign detector': ['not-enabled', 400, 'BadRequestException'],
    'a bad input': ['bad-input', 400, 'BadRequestException'],
    throttling: ['throttle', 400, 'ThrottlingException'],
  },
  internalError: 'InternalServerErrorException',
}));

describe('GuardDuty alone', () => {
  const target = { administrator: 'security', service: 'GUARDDUTY', region: 'eu-west-1' } as const;
  const invitation: MemberChange = {
    operation: 'INVITE_MEMBERS',
    accounts: [{ accountId: '000000000001', email: null }],
    detectorId: null,
    message: null,
    disableEmailNotification: null,
  };
  let fixture: SandboxFixture;
  let upstream: Upstream;

  beforeAll(async () => {
    fixture = await startSandboxFixture();
    upstream = fixture.upstream({ administrators: [administrator()] });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture.stop());

  it('finds the detector of a region', async () => {
    await fixture.control('PUT', 'detectors', {
      account: OWN_ACCOUNT,
      region: 'eu-west-1',
      detectorId: '0abc',
    });
    expect(await upstream.findDetector(target)).toEqual({ kind: 'READ', detectorId: '0abc' });
  });

  it('finds none if GuardDuty is not enabled', async () => {
    await fixture.control('PUT', 'detectors', {
      account: OWN_ACCOUNT,
      region: 'eu-west-1',
      detectorId: null,
    });
    expect(await upstream.findDetector(target)).toEqual({ kind: 'READ', detectorId: null });
  });

  it('says why the detector could not be read', async () => {
    await fixture.strike('guardduty', 'ListDetectors', 'access-denied');
    expect(await upstream.findDetector(target)).toMatchObject({
      kind: 'REFUSED',
      errorCode: 'AccessDeniedException',
    });
  });

  it('sends the message and disableEmailNotification, or omits both', async () => {
    const detectorId = '0abc';
    await fixture.control('PUT', 'detectors', { account: OWN_ACCOUNT, region: 'eu-west-1', detectorId });
    await fixture.control('POST', 'members', {
      account: OWN_ACCOUNT,
      region: 'eu-west-1',
      service: 'guardduty',
      members: ['000000000001', '000000000002'].map((accountId) => ({ accountId, status: 'Created' })),
    });
    await upstream.changeMembers(target, { ...invitation, detectorId });
    await upstream.changeMembers(target, {
      ...invitation,
      accounts: [{ accountId: '000000000002', email: null }],
      detectorId,
      message: 'Willkommen “Ω”',
      disableEmailNotification: true,
    });
    expect(await fixture.control('GET', 'mails')).toMatchObject({
      mails: [
        { accountId: '000000000001', message: null, emailDisabled: false },
        { accountId: '000000000002', message: 'Willkommen “Ω”', emailDisabled: true },
      ],
    });
  });

  it('sends nothing without a detector id', async () => {
    const errorMessage = 'A call to GuardDuty needs a detector id.';
    const wanted = { kind: 'UNANSWERED', neverSent: true, errorMessage };
    expect(await upstream.changeMembers(target, invitation)).toMatchObject(wanted);
    expect(await upstream.getMembers(target, null, ['000000000001'])).toMatchObject(wanted);
    expect(await fixture.calls()).toEqual([]);
  });
});
