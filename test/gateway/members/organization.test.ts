import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../../sandbox/faults/fault.js';
import {
  CreateMembersDocument,
  DeleteMembersDocument,
  DisassociateMembersDocument,
  InviteMembersDocument,
  ReconcileDocument,
} from '../../generated/graphql.js';
import { startGateway, type TestGateway } from '../../support/gateway.js';
import { startOrganization, type TestOrganization } from '../../support/organization.js';
import { members, OWN, REGION, SERVICES } from '../../support/removalFixture.js';

/** Accounts of the organization, one for each test that changes members, and one outside it. */
const INSIDE = members(8);
const [OUTSIDE = ''] = members(1, 500);

let gateway: TestGateway;
let organization: TestOrganization;

beforeAll(async () => {
  gateway = await startGateway({ environment: { REMOVAL_SHARE_PERCENT: '100' } });
  organization = await startOrganization(gateway.sandbox, INSIDE);
});
beforeEach(async () => {
  await gateway.sandbox.put('faults', []);
  await organization.setAutoEnable('NONE');
});
afterAll(() => gateway.stop());

interface Ending {
  service: string;
  accountId: string;
  status: string;
  reasonCode?: string | null;
}
const endings = (request: { outcomes: { nodes: readonly Ending[] } } | null | undefined) =>
  (request?.outcomes.nodes ?? [])
    .map(({ service, accountId, status, reasonCode }) =>
      [service, accountId, status, ...(reasonCode ? [reasonCode] : [])].join(' '),
    )
    .sort();
const withEmails = (...ids: string[]) =>
  ids.map((accountId) => ({ accountId, email: `owner-${accountId}@example.com` }));

async function create(...ids: string[]) {
  const input = { accounts: withEmails(...ids), regions: [REGION] };
  return endings((await gateway.execute(CreateMembersDocument, { input })).createMembers?.request);
}
async function invite(...accountIds: string[]) {
  const input = { accountIds, regions: [REGION] };
  return endings((await gateway.execute(InviteMembersDocument, { input })).inviteMembers?.request);
}
async function disassociate(...accountIds: string[]) {
  const input = { accountIds, regions: [REGION] };
  const preview = await gateway.execute(DisassociateMembersDocument, { input: { ...input, dryRun: true } });
  const confirm = preview.disassociateMembers?.plan?.confirm ?? null;
  const done = await gateway.execute(DisassociateMembersDocument, { input: { ...input, confirm } });
  return endings(done.disassociateMembers?.request);
}
async function remove(...accountIds: string[]) {
  const input = { accountIds, regions: [REGION] };
  const preview = await gateway.execute(DeleteMembersDocument, { input: { ...input, dryRun: true } });
  const confirm = preview.deleteMembers?.plan?.confirm ?? null;
  const done = await gateway.execute(DeleteMembersDocument, { input: { ...input, confirm } });
  return endings(done.deleteMembers?.request);
}
const lose = (operation: string, fault: Fault) =>
  gateway.sandbox.put('faults', [{ match: { operation }, fault, times: 2 }]);

/** The status of a member at both services. */
const statuses = async (accountId: string) =>
  Promise.all(
    SERVICES.map(
      async (service) =>
        (await gateway.sandbox.members(OWN, REGION, service)).find((one) => one.accountId === accountId)
          ?.status,
    ),
  );

describe('accounts of the organization', () => {
  it('are created without an invitation, and again with the answer of each service', async () => {
    const [id = ''] = INSIDE;
    expect(await create(id, OUTSIDE)).toEqual([
      `GUARDDUTY ${id} PROCESSED`,
      `GUARDDUTY ${OUTSIDE} PROCESSED`,
      `SECURITY_HUB ${id} PROCESSED`,
      `SECURITY_HUB ${OUTSIDE} PROCESSED`,
    ]);
    expect(await statuses(id)).toEqual(['Enabled', 'Enabled']);
    expect(await statuses(OUTSIDE)).toEqual(['Created', 'Created']);
    expect(await create(id)).toEqual([
      `GUARDDUTY ${id} PROCESSED`,
      `SECURITY_HUB ${id} UNPROCESSED ALREADY_MEMBER`,
    ]);
    expect(await invite(id)).toEqual([
      `GUARDDUTY ${id} UNPROCESSED ALREADY_INVITED`,
      `SECURITY_HUB ${id} UNPROCESSED ALREADY_INVITED`,
    ]);
    expect(await gateway.sandbox.mails()).toEqual([]);
  });

  it.each<Fault>(['reset-before', 'reset-after'])(
    'end as without the fault when an answer is lost (%s)',
    async (fault) => {
      const id = INSIDE[fault === 'reset-before' ? 1 : 2] ?? '';
      await lose('CreateMembers', fault);
      const processed = [`GUARDDUTY ${id} PROCESSED`, `SECURITY_HUB ${id} PROCESSED`];
      expect(await create(id)).toEqual(processed);
      // Older than the call: an update that is dated after its begin counts as the call's work.
      for (const service of SERVICES) {
        const updatedAt = '2026-01-01T00:00:00.000Z';
        await gateway.sandbox.seed({ account: OWN, region: REGION, service }, [
          { accountId: id, status: 'Enabled', updatedAt },
        ]);
      }
      await lose('InviteMembers', fault);
      expect(await invite(id)).toEqual([
        `GUARDDUTY ${id} UNPROCESSED ALREADY_INVITED`,
        `SECURITY_HUB ${id} UNPROCESSED ALREADY_INVITED`,
      ]);
      await lose('DisassociateMembers', fault);
      expect(await disassociate(id)).toEqual(processed);
      expect(await gateway.sandbox.mails()).toEqual([]);
    },
  );

  it('cannot be invited after a disassociation, and come back by createMembers', async () => {
    const [, , , id = ''] = INSIDE;
    await create(id);
    await disassociate(id);
    expect(await statuses(id)).toEqual(['Removed', 'Removed']);
    expect(await invite(id)).toEqual([
      `GUARDDUTY ${id} UNPROCESSED MANAGED_BY_ORGANIZATION`,
      `SECURITY_HUB ${id} UNPROCESSED MANAGED_BY_ORGANIZATION`,
    ]);
    expect(await create(id)).toEqual([`GUARDDUTY ${id} PROCESSED`, `SECURITY_HUB ${id} PROCESSED`]);
    expect(await statuses(id)).toEqual(['Enabled', 'Enabled']);
  });

  it('are not deleted from Security Hub', async () => {
    const [, , , , id = ''] = INSIDE;
    await create(id);
    await disassociate(id);
    expect(await remove(id)).toEqual([
      `GUARDDUTY ${id} PROCESSED`,
      `SECURITY_HUB ${id} UNPROCESSED MANAGED_BY_ORGANIZATION`,
    ]);
  });
});

describe('auto-enable ALL', () => {
  it('is told by the preview of a removal, where the administrator may ask', async () => {
    const [, , , , , , id = ''] = INSIDE;
    await create(id);
    const preview = async () => {
      const query = `mutation ($input: DisassociateMembersInput!) { disassociateMembers(input: $input) {
        plan { targets { service organizationForbids } } } }`;
      const input = { accountIds: [id], regions: [REGION], dryRun: true };
      const { body } = await gateway.post({ query, variables: { input } });
      return JSON.stringify(Object.values(body.data ?? {}));
    };
    const told = (guardDuty: boolean | null, securityHub: boolean | null) =>
      JSON.stringify([
        {
          plan: {
            targets: [
              { service: 'GUARDDUTY', organizationForbids: guardDuty },
              { service: 'SECURITY_HUB', organizationForbids: securityHub },
            ],
          },
        },
      ]);
    expect(await preview()).toBe(told(false, false));
    await organization.setAutoEnable('ALL');
    expect(await preview()).toBe(told(true, false));
    await gateway.sandbox.put('faults', [
      { match: { operation: 'DescribeOrganizationConfiguration' }, fault: 'access-denied' },
    ]);
    expect(await preview()).toBe(told(null, null));
  });

  it('refuses the removal from GuardDuty, also when the first answer is lost', async () => {
    const [, , , , , id = ''] = INSIDE;
    await organization.setAutoEnable('ALL');
    await create(id);
    expect(await remove(id)).toEqual([
      `GUARDDUTY ${id} UNPROCESSED MANAGED_BY_ORGANIZATION`,
      `SECURITY_HUB ${id} UNPROCESSED MANAGED_BY_ORGANIZATION`,
    ]);
    await gateway.sandbox.put('faults', [
      { match: { service: 'guardduty', operation: 'DisassociateMembers' }, fault: 'reset-after', times: 1 },
    ]);
    expect(await disassociate(id)).toEqual([
      `GUARDDUTY ${id} UNPROCESSED MANAGED_BY_ORGANIZATION`,
      `SECURITY_HUB ${id} PROCESSED`,
    ]);
    expect(await statuses(id)).toEqual(['Enabled', 'Removed']);
  });
});

describe('reconcile', () => {
  it('finds members that came by themselves up to date, with any address that is wanted', async () => {
    await organization.setAutoEnable('NEW');
    const joined = members(2, 600);
    await organization.replace([...INSIDE, ...joined]);
    const [wanted = '', unexpected = ''] = joined;
    const input = { accounts: withEmails(wanted), regions: [REGION] };
    const { targets, userErrors } = (await gateway.execute(ReconcileDocument, { input })).reconcile;
    expect(userErrors).toEqual([]);
    for (const target of targets) {
      expect(target).toMatchObject({
        toCreate: { totalCount: 0 },
        toInvite: { totalCount: 0 },
        emailDiffers: { totalCount: 0 },
        upToDate: 1,
        reasonCode: null,
      });
      expect(target.unexpected?.accounts).toContainEqual({
        accountId: unexpected,
        email: null,
        memberEmail: null,
        memberStatus: 'ENABLED',
      });
    }
    await organization.replace(INSIDE);
    const left = (await gateway.execute(ReconcileDocument, { input })).reconcile;
    for (const target of left.targets) {
      expect(target.toCreate?.accounts).toMatchObject([{ accountId: wanted, memberStatus: 'REMOVED' }]);
    }
  });
});
