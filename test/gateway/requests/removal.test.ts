import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  DeleteMembersDocument,
  DisassociateMembersDocument,
  RefreshInventoryDocument,
  type DisassociateMembersInput,
} from '../../generated/graphql.js';
import { startGateway, type TestGateway } from '../../support/gateway.js';
import { members, OWN, REGION, SERVICES, seedMembers } from '../../support/removalFixture.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const disassociate = async (input: DisassociateMembersInput) =>
  (await gateway.execute(DisassociateMembersDocument, { input: { regions: [REGION], ...input } }))
    .disassociateMembers ?? expect.unreachable();
const remove = async (input: DisassociateMembersInput) =>
  (await gateway.execute(DeleteMembersDocument, { input: { regions: [REGION], ...input } })).deleteMembers ??
  expect.unreachable();

/** Previews, confirms, and answers with the request. */
async function confirmed(act: typeof disassociate, input: DisassociateMembersInput) {
  const { plan, userErrors } = await act({ ...input, dryRun: true });
  expect(userErrors).toEqual([]);
  return (await act({ ...input, confirm: plan?.confirm ?? null })).request ?? expect.unreachable();
}

const statuses = async () =>
  Object.fromEntries(
    await Promise.all(
      SERVICES.map(async (service) => [
        service,
        Object.fromEntries(
          (await gateway.sandbox.members(OWN, REGION, service)).map(({ accountId, status }) => [
            accountId,
            status,
          ]),
        ),
      ]),
    ),
  ) as Record<(typeof SERVICES)[number], Record<string, string>>;

describe('members of both services', () => {
  const all = members(40);
  const going = all.slice(0, 3);

  beforeAll(() => seedMembers(gateway.sandbox, all));
  beforeEach(() => gateway.sandbox.clearLog());

  it('are shown by a preview with their verdicts, which sends only reads', async () => {
    const { plan, request, userErrors } = await disassociate({ accountIds: going, dryRun: true });
    expect([request, userErrors]).toEqual([null, []]);
    expect(plan).toMatchObject({
      calls: 2,
      seconds: 0,
      confirm: expect.stringMatching(/^confirm_[\w-]{43}$/),
    });
    expect(Date.parse(plan?.confirmExpiresAt ?? '') - Date.now()).toBeGreaterThan(14 * 60_000);
    expect(plan?.targets.map(({ service, going: shown, share }) => [service, shown, share])).toEqual(
      ['GUARDDUTY', 'SECURITY_HUB'].map((service) => [
        service,
        [{ status: 'ENABLED', members: 3 }],
        { percent: 10, counted: 3, members: 40, mayGo: 4 },
      ]),
    );
    expect(plan?.targets[0]?.accounts[0]).toEqual({
      accountId: going[0],
      verdict: 'WOULD_DISASSOCIATE',
      memberStatus: 'ENABLED',
    });
    expect(
      (await gateway.sandbox.log()).filter(({ operation }) => !/^(Get|List|Describe)/.test(operation)),
    ).toEqual([]);
  });

  it('cannot be deleted while they are associated, as the preview says', async () => {
    const { plan } = await remove({ accountIds: going, dryRun: true });
    expect(plan?.targets.map(({ going: shown, share }) => [shown, share?.counted])).toEqual([
      [[], 3],
      [[], 3],
    ]);
    expect(plan?.targets[0]?.accounts.map(({ verdict }) => verdict)).toEqual(
      Array(3).fill('STILL_ASSOCIATED'),
    );
    const request = await confirmed(remove, { accountIds: going });
    expect(request).toMatchObject({ status: 'FAILED', counts: { unprocessed: 6 } });
    expect(new Set(request.outcomes.nodes.map(({ reasonCode }) => reasonCode))).toEqual(
      new Set(['STILL_ASSOCIATED']),
    );
  });

  it('are disassociated with one call for each service; Security Hub is read back once, GuardDuty never', async () => {
    const preview = await disassociate({ accountIds: going, dryRun: true });
    await gateway.sandbox.clearLog();
    const { request } = await disassociate({ accountIds: going, confirm: preview.plan?.confirm ?? null });
    expect(request).toMatchObject({ status: 'SUCCEEDED', counts: { total: 6, processed: 6 } });
    const log = (await gateway.sandbox.log()).map(({ service, operation }) => `${service} ${operation}`);
    expect(log.filter((line) => !line.endsWith('ListDetectors')).sort()).toEqual([
      'guardduty DisassociateMembers',
      'securityhub DisassociateMembers',
      'securityhub GetMembers',
    ]);
    for (const shown of Object.values(await statuses())) {
      expect(going.map((accountId) => shown[accountId])).toEqual(Array(3).fill('Removed'));
    }
  });

  it('are NOT_ASSOCIATED the second time, with the text of GuardDuty and a text of the gateway', async () => {
    const accountIds = [...going, '299999999999'];
    const { plan } = await disassociate({ accountIds, dryRun: true });
    expect(plan?.targets[0]?.accounts.map(({ verdict }) => verdict)).toEqual([
      ...Array<string>(3).fill('NOT_ASSOCIATED'),
      'NOT_A_MEMBER',
    ]);
    // Dated before the call: what GetMembers shows of them is not this request's doing.
    await seedMembers(gateway.sandbox, going, 'Removed');
    const request = await confirmed(disassociate, { accountIds });
    const reasons = request.outcomes.nodes.map(({ service, accountId, status, reasonCode, reason }) =>
      [service, accountId === '299999999999', status, reasonCode, reason].join(' '),
    );
    expect(new Set(reasons)).toEqual(
      new Set([
        'GUARDDUTY false UNPROCESSED NOT_ASSOCIATED The request is rejected because the current account cannot disassociate the given member account ID since the latter is not yet associated to it.',
        'GUARDDUTY true UNPROCESSED NOT_ASSOCIATED The request is rejected because the current account cannot disassociate the given member account ID since the latter is not yet associated to it.',
        'SECURITY_HUB false UNPROCESSED NOT_ASSOCIATED Security Hub answered without a word on single accounts; read back, the member shows this since before the call.',
        'SECURITY_HUB true UNPROCESSED NOT_ASSOCIATED Security Hub answered without a word on single accounts; read back, there is no such member: not associated.',
      ]),
    );
  });

  it('are deleted after that, and then unknown', async () => {
    expect(await confirmed(remove, { accountIds: going })).toMatchObject({
      status: 'SUCCEEDED',
      counts: { total: 6, processed: 6 },
    });
    for (const shown of Object.values(await statuses())) {
      expect(going.filter((accountId) => accountId in shown)).toEqual([]);
    }
    const again = await confirmed(remove, { accountIds: going });
    expect(new Set(again.outcomes.nodes.map(({ reasonCode }) => reasonCode))).toEqual(
      new Set(['NOT_ASSOCIATED']),
    );
  });
});

describe('the largest share of members that may be removed', () => {
  const all = members(25, 500);

  it('is checked by the preview, which gives no token for a larger share and reports both numbers', async () => {
    await seedMembers(gateway.sandbox, all);
    // 25 and the 37 of the tests before, which removed three: six of 65 may go.
    const { plan, userErrors } = await disassociate({ accountIds: all.slice(0, 7), dryRun: true });
    expect(plan?.confirm).toBeNull();
    expect(userErrors).toEqual(
      ['GUARDDUTY', 'SECURITY_HUB'].map((service) => ({
        field: ['input', 'accountIds'],
        code: 'REMOVAL_LIMIT_EXCEEDED',
        message: `7 of 62 members of ${service} in us-east-1 are named, removals of the last day have named 3 others, and at most 6 may go within a day (REMOVAL_SHARE_PERCENT 10)`,
      })),
    );
    const fewer = await disassociate({ accountIds: all.slice(0, 3), dryRun: true });
    expect(fewer.plan?.confirm).not.toBeNull();
  });

  it('is unknown when the members cannot be counted: the preview gives a token for one account only', async () => {
    await seedMembers(gateway.sandbox, members(20, 600), 'Enabled', 'eu-west-1');
    const few = members(2, 600);
    await gateway.sandbox.put('faults', [
      { match: { service: 'securityhub', operation: 'ListMembers' }, fault: 'access-denied' },
    ]);
    const many = await disassociate({ accountIds: few, regions: ['eu-west-1'], dryRun: true });
    const one = await disassociate({ accountIds: few.slice(1), regions: ['eu-west-1'], dryRun: true });
    await gateway.sandbox.put('faults', []);
    expect(many.plan?.confirm).toBeNull();
    expect(many.plan?.targets.map(({ share }) => share?.members)).toEqual([expect.any(Number), null]);
    expect(many.userErrors).toEqual([
      {
        field: null,
        code: 'PREVIEW_INCOMPLETE',
        message:
          'the members of SECURITY_HUB in eu-west-1 could not be counted in time, and 2 accounts may be too large a share of them: name fewer accounts, or have the members counted with refreshInventory',
      },
    ]);
    expect(one.plan?.confirm).not.toBeNull();
  });

  it('always allows one member', async () => {
    const only = members(1, 700);
    const input = { accountIds: only, regions: ['eu-west-1'] };
    await seedMembers(gateway.sandbox, only, 'Enabled', 'eu-west-1');
    const request = await confirmed(disassociate, input);
    expect(request).toMatchObject({ status: 'SUCCEEDED', counts: { total: 2 } });
  });

  it('is unknown for a target that does not answer: the preview gives no token', async () => {
    await gateway.sandbox.put('faults', [
      { match: { service: 'guardduty', operation: 'GetMembers' }, fault: 'access-denied' },
    ]);
    const { plan, userErrors } = await disassociate({ accountIds: all.slice(0, 2), dryRun: true });
    await gateway.sandbox.put('faults', []);
    expect(plan?.confirm).toBeNull();
    expect(plan?.targets).toMatchObject([
      {
        reasonCode: 'ACCESS_DENIED',
        share: null,
        accounts: [{ verdict: 'UNKNOWN' }, { verdict: 'UNKNOWN' }],
      },
      { reasonCode: null, share: { counted: 2 } },
    ]);
    expect(userErrors).toEqual([
      {
        field: null,
        code: 'PREVIEW_INCOMPLETE',
        message: expect.stringMatching(
          /^GUARDDUTY in us-east-1 could not be read, so it is not known what the request would remove: /,
        ),
      },
    ]);
  });

  it('is computed from an inventory of at most 1 hour, without listing members', async () => {
    const { refreshInventory } = await gateway.execute(RefreshInventoryDocument, {
      input: { regions: [REGION], waitSeconds: 30 },
    });
    expect(refreshInventory?.targets.map(({ status }) => status)).toEqual(['OBSERVED', 'OBSERVED']);
    const listed = (await gateway.sandbox.calls('ListMembers')).length;
    const { plan } = await disassociate({ accountIds: all.slice(20, 22), dryRun: true });
    expect(await gateway.sandbox.calls('ListMembers')).toHaveLength(listed);
    expect(plan?.confirm).not.toBeNull();
    for (const { share } of plan?.targets ?? []) {
      expect(share).toMatchObject({ counted: 2, members: expect.any(Number) });
    }
  });

  it('is refused for more than 1,000 accounts', async () => {
    const { userErrors } = await disassociate({ accountIds: members(1_001), dryRun: true });
    expect(userErrors).toMatchObject([{ code: 'TOO_MANY_ACCOUNTS' }]);
  });
});
