import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  CreateMembersDocument,
  InviteMembersDocument,
  RequestDocument,
  type CreateMembersInput,
  type InviteMembersInput,
} from '../../generated/graphql.js';
import { QUICK_RETRIES } from '../../support/speed.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

let gateway: TestGateway;
/** Where the next test's accounts begin: every test has its own, since the sandbox remembers. */
let first = 0;

beforeAll(async () => {
  gateway = await startGateway({ intervals: { retryDelays: QUICK_RETRIES } });
});
afterAll(() => gateway.stop());
beforeEach(async () => {
  first += 1_000;
  await gateway.sandbox.put('faults', []);
  await gateway.sandbox.clearLog();
});

const create = async (input: CreateMembersInput) =>
  (await gateway.execute(CreateMembersDocument, { input })).createMembers;
const invite = async (input: InviteMembersInput) =>
  (await gateway.execute(InviteMembersDocument, { input })).inviteMembers;

describe('createMembers', () => {
  it('adds accounts in every service and region of the only administrator, in one call each', async () => {
    const payload = await create({ accounts: accounts(50, first) });
    expect(payload?.userErrors).toEqual([]);
    expect(payload?.request).toMatchObject({ status: 'SUCCEEDED', counts: { total: 200, processed: 200 } });
    const calls = await gateway.sandbox.calls('CreateMembers');
    expect(
      calls.map(({ service, region, accountIds }) => [service, region, accountIds.length]).sort(),
    ).toEqual([
      ['guardduty', 'eu-west-1', 50],
      ['guardduty', 'us-east-1', 50],
      ['securityhub', 'eu-west-1', 50],
      ['securityhub', 'us-east-1', 50],
    ]);
  });

  it('sends only to the targets of the input, with the detector of the input', async () => {
    const detectorId = 'f'.repeat(32);
    await gateway.sandbox.put('detectors', { account: '111122223333', region: 'eu-west-1', detectorId });
    const payload = await create({
      accounts: accounts(1, first),
      services: ['GUARDDUTY'],
      regions: ['eu-west-1'],
      detectorId,
      note: 'ticket 42',
    });
    expect(payload?.request?.status).toBe('SUCCEEDED');
    const { request } = await gateway.execute(RequestDocument, { id: payload?.request?.id ?? '' });
    expect(request).toMatchObject({
      note: 'ticket 42',
      requestedBy: { id: 'local', kind: 'LOCAL' },
      targets: [{ administrator: 'default', service: 'GUARDDUTY', region: 'eu-west-1', detectorId }],
    });
  });

  it("looks the detector up again when GuardDuty says that it is not the account's", async () => {
    const where = { services: ['GUARDDUTY'] as const, regions: ['us-east-1'] };
    await create({ accounts: accounts(1, first), services: [...where.services], regions: where.regions });
    const detectorId = 'e'.repeat(32);
    await gateway.sandbox.put('detectors', { account: '111122223333', region: 'us-east-1', detectorId });
    const payload = await create({
      accounts: accounts(1, first + 1),
      services: [...where.services],
      regions: where.regions,
    });
    expect(payload?.request?.outcomes.nodes).toMatchObject([{ status: 'PROCESSED', sends: 2 }]);
  });

  it('uses no other detector than the one of the input, and reports that it is not found', async () => {
    const payload = await create({
      accounts: accounts(1, first),
      services: ['GUARDDUTY'],
      regions: ['us-east-1'],
      detectorId: '0'.repeat(32),
    });
    expect(payload?.request?.outcomes.nodes).toMatchObject([
      {
        status: 'FAILED',
        sends: 1,
        reasonCode: 'DETECTOR_NOT_FOUND',
        reason: expect.stringContaining('not owned by the current account') as string,
      },
    ]);
  });

  it("records the service's text for a refused account, and processes the others", async () => {
    const self = { accountId: '111122223333', email: 'self@example.com' };
    const payload = await create({
      accounts: [self, ...accounts(1, first)],
      services: ['GUARDDUTY'],
      regions: ['us-east-1'],
    });
    expect(payload?.request).toMatchObject({
      status: 'PARTIALLY_SUCCEEDED',
      counts: { total: 2, processed: 1, unprocessed: 1 },
    });
    const refused = payload?.request?.outcomes.nodes.find(({ accountId }) => accountId === self.accountId);
    expect(refused).toMatchObject({ status: 'UNPROCESSED', reasonCode: 'SELF', retryable: false, sends: 1 });
    expect(refused?.reason).toMatch(/cannot become a member of itself/);
  });

  it('sends an account with a retryable result again, and counts each send', async () => {
    const magic = { accountId: '333355900021', email: 'magic@example.com' };
    const payload = await create({ accounts: [magic], services: ['SECURITY_HUB'], regions: ['us-east-1'] });
    expect(payload?.request?.outcomes.nodes).toMatchObject([
      { status: 'PROCESSED', sends: 3, reasonCode: null },
    ]);
  });

  it('processes the other targets when one fails', async () => {
    await gateway.sandbox.put('faults', [
      {
        match: { service: 'securityhub', region: 'eu-west-1', operation: 'CreateMembers' },
        fault: 'access-denied',
      },
    ]);
    const payload = await create({ accounts: accounts(3, first) });
    expect(payload?.request).toMatchObject({
      status: 'PARTIALLY_SUCCEEDED',
      counts: { total: 12, processed: 9, failed: 3 },
    });
    const failed = payload?.request?.outcomes.nodes.filter(({ status }) => status === 'FAILED') ?? [];
    expect(failed).toHaveLength(3);
    for (const outcome of failed) {
      expect(outcome).toMatchObject({
        service: 'SECURITY_HUB',
        region: 'eu-west-1',
        reasonCode: 'ACCESS_DENIED',
      });
    }
  });

  it('answers at once with waitSeconds 0, and the request still finishes', async () => {
    await gateway.sandbox.put('latency', { ms: 300 });
    const payload = await create({ accounts: accounts(1, first), waitSeconds: 0 });
    expect(['PENDING', 'RUNNING']).toContain(payload?.request?.status);
    await gateway.sandbox.put('latency', { ms: 0 });
    const id = payload?.request?.id ?? '';
    await expect
      .poll(async () => (await gateway.execute(RequestDocument, { id })).request?.status, { timeout: 10_000 })
      .toBe('SUCCEEDED');
  });

  it('records one request for two inputs with the same idempotency key, also at the same time', async () => {
    const input = { accounts: accounts(2, first), idempotencyKey: `key-${first}` };
    const payloads = await Promise.all([
      create(input),
      create(input),
      create({ ...input, accounts: input.accounts.toReversed() }),
    ]);
    expect(new Set(payloads.map((payload) => payload?.request?.id)).size).toBe(1);
    for (const payload of payloads) {
      expect(payload?.request?.status).toBe('SUCCEEDED');
    }
    expect(await gateway.sandbox.calls('CreateMembers')).toHaveLength(4);
    const other = await create({ ...input, accounts: accounts(3, first) });
    expect(other).toMatchObject({ request: null, userErrors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }] });
  });
});

describe('createMembers with a faulty input', () => {
  it.each<[string, Partial<CreateMembersInput>, string, string]>([
    ['no accounts', { accounts: [] }, 'INVALID_INPUT', 'input.accounts'],
    [
      'a short account id',
      { accounts: [{ accountId: '1', email: 'a@example.com' }] },
      'INVALID_INPUT',
      'input.accounts.0.accountId',
    ],
    [
      'a missing e-mail',
      { accounts: [{ accountId: '222233334444' }] },
      'EMAIL_REQUIRED',
      'input.accounts.0.email',
    ],
    [
      'a broken e-mail',
      { accounts: [{ accountId: '222233334444', email: 'nobody' }] },
      'INVALID_INPUT',
      'input.accounts.0.email',
    ],
    ['an unknown region', { regions: ['mars-1'] }, 'UNKNOWN_REGION', 'input.regions'],
    ['an unknown administrator', { administrator: 'nobody' }, 'UNKNOWN_ADMINISTRATOR', 'input.administrator'],
    ['too many accounts', { accounts: accounts(10_001) }, 'TOO_MANY_ACCOUNTS', 'input.accounts'],
    ['a wait too long', { waitSeconds: 61 }, 'INVALID_INPUT', 'input.waitSeconds'],
    ['a NUL in the note', { note: 'a\0b' }, 'INVALID_INPUT', 'input.note'],
  ])('refuses %s and sends nothing', async (_what, faulty, code, field) => {
    const payload = await create({ accounts: accounts(1, first), ...faulty });
    expect(payload?.request).toBeNull();
    expect(payload?.userErrors).toMatchObject([{ code, field: field.split('.') }]);
    expect(await gateway.sandbox.calls('CreateMembers')).toEqual([]);
  });
});

describe('inviteMembers', () => {
  it('invites created members once, with the message and the e-mail option of GuardDuty', async () => {
    const asked = accounts(2, first);
    await create({ accounts: asked });
    const payload = await invite({
      accountIds: asked.map(({ accountId }) => accountId),
      message: 'Join us',
      disableEmailNotification: true,
    });
    expect(payload?.request).toMatchObject({
      operation: 'INVITE_MEMBERS',
      status: 'SUCCEEDED',
      counts: { processed: 8 },
    });
    const mails = (await gateway.sandbox.mails()).filter(
      ({ accountId }) => accountId === asked[0]?.accountId,
    );
    expect(mails).toHaveLength(4);
    for (const mail of mails) {
      const guardDuty = mail.service === 'guardduty';
      expect(mail).toMatchObject({ message: guardDuty ? 'Join us' : null, emailDisabled: guardDuty });
    }
  });

  it('is never sent before the creation of the same account', async () => {
    const asked = accounts(120, first);
    const target = { services: ['SECURITY_HUB' as const], regions: ['us-east-1'] };
    // On record, and hardly sent, when the invitation comes.
    await create({ accounts: asked, ...target, waitSeconds: 0 });
    const invited = await invite({ accountIds: asked.map(({ accountId }) => accountId), ...target });
    expect(invited?.request?.status).toBe('SUCCEEDED');
  });

  it("reports the service's text for an account that was not created", async () => {
    const payload = await invite({ accountIds: [accounts(1, first)[0]?.accountId ?? ''] });
    expect(payload?.request?.status).toBe('FAILED');
    expect(new Set(payload?.request?.outcomes.nodes.map(({ reasonCode }) => reasonCode))).toEqual(
      new Set(['NOT_ASSOCIATED']),
    );
  });

  it('refuses the options of GuardDuty when the input names Security Hub only', async () => {
    const payload = await invite({
      accountIds: ['222233334444'],
      services: ['SECURITY_HUB'],
      message: 'Join us',
    });
    expect(payload).toMatchObject({
      request: null,
      userErrors: [{ code: 'INVALID_INPUT', field: ['input', 'message'] }],
    });
  });
});

describe('a call that fails once', () => {
  // The last digits of the account id choose the sandbox's fault (sandbox/README.md).
  it.each([
    ['33', 'is throttled', 2],
    ['34', 'fails inside the service', 2],
    ['35', 'is answered with a page of HTML', 2],
    ['36', 'is cut before the service did anything', 2],
    ['37', 'is cut after the service did everything', 1],
    ['39', 'has its answer cut in the middle', 1],
  ])(
    'account ending %s: a call that %s ends PROCESSED, and no account is invited twice',
    async (ending, _what, sends) => {
      const where = { services: ['GUARDDUTY' as const, 'SECURITY_HUB' as const], regions: ['us-east-1'] };
      const accountId = `4444559000${ending}`;
      const created = await create({ ...where, accounts: [{ accountId, email: 'magic@example.com' }] });
      const invited = await invite({ ...where, accountIds: [accountId] });
      for (const payload of [created, invited]) {
        expect(payload?.request?.outcomes.nodes).toMatchObject([
          { status: 'PROCESSED', sends },
          { status: 'PROCESSED', sends },
        ]);
      }
      const mails = (await gateway.sandbox.mails()).filter((mail) => mail.accountId === accountId);
      expect(mails.map(({ service }) => service).sort()).toEqual(['guardduty', 'securityhub']);
    },
  );

  it.each([
    ['30', 'ACCESS_DENIED'],
    ['31', 'SERVICE_NOT_ENABLED'],
    ['32', 'OTHER'],
  ])(
    "account ending %s: a refused call fails its accounts with %s and the service's text",
    async (ending, reasonCode) => {
      const payload = await create({
        accounts: [{ accountId: `4444559000${ending}`, email: 'magic@example.com' }],
        services: ['SECURITY_HUB'],
        regions: ['us-east-1'],
      });
      expect(payload?.request?.status).toBe('FAILED');
      expect(payload?.request?.outcomes.nodes).toMatchObject([
        { status: 'FAILED', sends: 1, reasonCode, reason: expect.stringMatching(/\w+/) as string },
      ]);
    },
  );
});
