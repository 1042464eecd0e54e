import {
  CreateMembersCommand,
  DeleteMembersCommand,
  DescribeOrganizationConfigurationCommand,
  DisableOrganizationAdminAccountCommand,
  DisassociateMembersCommand,
  EnableOrganizationAdminAccountCommand,
  GetAdministratorAccountCommand,
  GetMembersCommand,
  InviteMembersCommand,
  ListMembersCommand,
  ListOrganizationAdminAccountsCommand,
  StopMonitoringMembersCommand,
  UpdateOrganizationConfigurationCommand,
} from '@aws-sdk/client-guardduty';
import * as hub from '@aws-sdk/client-securityhub';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, detectorOf, email, refusalOf } from './clients.js';
import { MANAGEMENT } from '../support/organization.js';
import { ALSO_INSIDE, INSIDE, OUTSIDE, startOrganization } from './organization.js';

const details = (...ids: string[]) => ids.map((AccountId) => ({ AccountId, Email: email(AccountId) }));

/** What both services show of all members, by account. */
async function statuses({ client, DetectorId }: Awaited<ReturnType<typeof startOrganization>>) {
  const { Members = [] } = await client.guardDuty.send(
    new ListMembersCommand({ DetectorId, OnlyAssociated: 'false' }),
  );
  const ofHub = await client.securityHub.send(new hub.ListMembersCommand({ OnlyAssociated: false }));
  return {
    guardDuty: Object.fromEntries(Members.map((one) => [one.AccountId, one.RelationshipStatus])),
    securityHub: Object.fromEntries((ofHub.Members ?? []).map((one) => [one.AccountId, one.MemberStatus])),
  };
}

describe('accounts of the organization', () => {
  it('are Enabled as soon as the delegated administrator creates them, without e-mail and invitedAt', async () => {
    const { client, DetectorId, control } = await startOrganization();
    const AccountDetails = details(INSIDE, OUTSIDE);
    await client.guardDuty.send(new CreateMembersCommand({ DetectorId, AccountDetails }));
    const { Members } = await client.guardDuty.send(
      new GetMembersCommand({ DetectorId, AccountIds: [INSIDE, OUTSIDE] }),
    );
    expect(Members).toMatchObject([
      { AccountId: INSIDE, RelationshipStatus: 'Enabled', AdministratorId: ACCOUNT },
      { AccountId: OUTSIDE, RelationshipStatus: 'Created', Email: email(OUTSIDE) },
    ]);
    expect(Members?.[0]).not.toHaveProperty('Email');
    expect(Members?.[0]).not.toHaveProperty('InvitedAt');

    await client.securityHub.send(new hub.CreateMembersCommand({ AccountDetails }));
    const ofHub = await client.securityHub.send(new hub.GetMembersCommand({ AccountIds: [INSIDE, OUTSIDE] }));
    expect(ofHub.Members?.map(({ MemberStatus }) => MemberStatus)).toEqual(['Enabled', 'Created']);
    expect(ofHub.Members?.[0]).not.toHaveProperty('Email');
    expect(await control.mails()).toEqual([]);
  });

  it('can be created again: GuardDuty applies its settings, Security Hub says that they are members', async () => {
    const { client, DetectorId } = await startOrganization();
    const AccountDetails = details(INSIDE);
    const first = new Date();
    for (let i = 0; i < 2; i++) {
      const { UnprocessedAccounts } = await client.guardDuty.send(
        new CreateMembersCommand({ DetectorId, AccountDetails }),
      );
      expect(UnprocessedAccounts).toEqual([]);
    }
    const { Members } = await client.guardDuty.send(
      new GetMembersCommand({ DetectorId, AccountIds: [INSIDE] }),
    );
    expect(new Date(Members![0]!.UpdatedAt!) >= first).toBe(true);

    await client.securityHub.send(new hub.CreateMembersCommand({ AccountDetails }));
    const again = await client.securityHub.send(new hub.CreateMembersCommand({ AccountDetails }));
    expect(again.UnprocessedAccounts).toMatchObject([
      { AccountId: INSIDE, ProcessingResult: expect.stringContaining('already a member') },
    ]);
  });

  it('cannot be invited, and come back after a disassociation by CreateMembers alone', async () => {
    const { client, DetectorId } = await startOrganization();
    const AccountIds = [INSIDE];
    const invite = async () =>
      (await client.guardDuty.send(new InviteMembersCommand({ DetectorId, AccountIds }))).UnprocessedAccounts;
    await client.guardDuty.send(new CreateMembersCommand({ DetectorId, AccountDetails: details(INSIDE) }));
    expect(await invite()).toMatchObject([{ Result: expect.stringContaining('has already invited') }]);
    await client.guardDuty.send(new DisassociateMembersCommand({ DetectorId, AccountIds }));
    expect(await invite()).toMatchObject([{ Result: expect.stringContaining('belongs to an organization') }]);
    await client.guardDuty.send(new CreateMembersCommand({ DetectorId, AccountDetails: details(INSIDE) }));
    const { Members } = await client.guardDuty.send(new GetMembersCommand({ DetectorId, AccountIds }));
    expect(Members).toMatchObject([{ RelationshipStatus: 'Enabled' }]);
  });

  it('see their administrator, without an invitation', async () => {
    const { client, DetectorId, guardDuty, securityHub } = await startOrganization();
    await client.guardDuty.send(new CreateMembersCommand({ DetectorId, AccountDetails: details(INSIDE) }));
    const member = guardDuty({ account: INSIDE });
    const { Administrator } = await member.send(
      new GetAdministratorAccountCommand({ DetectorId: await detectorOf(member) }),
    );
    expect(Administrator).toEqual({ AccountId: ACCOUNT, RelationshipStatus: 'Enabled' });

    await client.securityHub.send(new hub.CreateMembersCommand({ AccountDetails: details(INSIDE) }));
    const refused = securityHub({ account: INSIDE }).send(
      new hub.DisassociateFromAdministratorAccountCommand({}),
    );
    expect(await refusalOf(refused)).toMatchObject({ name: 'InvalidInputException', status: 400 });
  });

  it('have the service enabled by their membership, except the management account', async () => {
    const { client, DetectorId, control, guardDuty } = await startOrganization();
    for (const account of [INSIDE, MANAGEMENT]) {
      await control.change('PUT', 'detectors', { account, region: 'us-east-1', detectorId: null });
    }
    const { UnprocessedAccounts } = await client.guardDuty.send(
      new CreateMembersCommand({ DetectorId, AccountDetails: details(INSIDE, MANAGEMENT) }),
    );
    expect(UnprocessedAccounts).toMatchObject([
      {
        AccountId: MANAGEMENT,
        Result: expect.stringContaining('your organization master must first enable GuardDuty'),
      },
    ]);
    const { Members } = await client.guardDuty.send(
      new GetMembersCommand({ DetectorId, AccountIds: [INSIDE] }),
    );
    expect(Members).toMatchObject([{ DetectorId: await detectorOf(guardDuty({ account: INSIDE })) }]);
  });
});

describe('auto-enable', () => {
  it('ALL makes every account a member at once, and GuardDuty keeps them', async () => {
    const organization = await startOrganization('ALL');
    const { client, DetectorId } = organization;
    const all = { [INSIDE]: 'Enabled', [ALSO_INSIDE]: 'Enabled', [MANAGEMENT]: 'Enabled' };
    expect(await statuses(organization)).toEqual({ guardDuty: all, securityHub: {} });

    const refused = [
      {
        AccountId: INSIDE,
        Result:
          'The request is rejected because autoEnableOrganizationMembers is ALL for the organization of the given account ID.',
      },
    ];
    const input = { DetectorId, AccountIds: [INSIDE] };
    for (const { UnprocessedAccounts } of [
      await client.guardDuty.send(new DisassociateMembersCommand(input)),
      await client.guardDuty.send(new DeleteMembersCommand(input)),
      await client.guardDuty.send(new StopMonitoringMembersCommand(input)),
    ]) {
      expect(UnprocessedAccounts).toEqual(refused);
    }
    expect((await statuses(organization)).guardDuty).toEqual(all);
  });

  it('makes accounts that join members, and those that leave are Removed', async () => {
    const organization = await startOrganization('NEW');
    await organization.replace([INSIDE, OUTSIDE]);
    expect(await statuses(organization)).toEqual({
      guardDuty: { [OUTSIDE]: 'Enabled' },
      securityHub: { [OUTSIDE]: 'Enabled' },
    });
    await organization.replace([INSIDE]);
    expect(await statuses(organization)).toEqual({
      guardDuty: { [OUTSIDE]: 'Removed' },
      securityHub: { [OUTSIDE]: 'Removed' },
    });
  });

  it('is described and changed by the delegated administrator alone', async () => {
    const { client, DetectorId, setAutoEnable, guardDuty, securityHub } = await startOrganization();
    const describe = () =>
      client.guardDuty.send(new DescribeOrganizationConfigurationCommand({ DetectorId }));
    expect(await describe()).toMatchObject({ AutoEnable: false, AutoEnableOrganizationMembers: 'NONE' });
    await setAutoEnable('NEW');
    expect(await describe()).toMatchObject({
      AutoEnable: true,
      AutoEnableOrganizationMembers: 'NEW',
      MemberAccountLimitReached: false,
    });
    expect(await client.securityHub.send(new hub.DescribeOrganizationConfigurationCommand({}))).toMatchObject(
      {
        AutoEnable: true,
        AutoEnableStandards: 'DEFAULT',
        OrganizationConfiguration: { ConfigurationType: 'LOCAL' },
      },
    );

    const both = { DetectorId, AutoEnable: true, AutoEnableOrganizationMembers: 'ALL' } as const;
    expect(
      await refusalOf(client.guardDuty.send(new UpdateOrganizationConfigurationCommand(both))),
    ).toMatchObject({ name: 'BadRequestException' });
    const other = guardDuty({ account: INSIDE });
    const refused = other.send(
      new DescribeOrganizationConfigurationCommand({ DetectorId: await detectorOf(other) }),
    );
    expect(await refusalOf(refused)).toMatchObject({
      name: 'BadRequestException',
      message: 'The request failed because you do not have required AWS Organization master permission.',
    });
    expect(
      await refusalOf(
        securityHub({ account: INSIDE }).send(
          new hub.UpdateOrganizationConfigurationCommand({ AutoEnable: true }),
        ),
      ),
    ).toMatchObject({
      name: 'InvalidAccessException',
      status: 401,
      message: `Account ${INSIDE} is not an administrator for this organization`,
    });
  });
});

describe('Security Hub', () => {
  it('deletes no account of the organization, and disassociates it', async () => {
    const { client } = await startOrganization();
    const AccountIds = [INSIDE];
    await client.securityHub.send(new hub.CreateMembersCommand({ AccountDetails: details(INSIDE) }));
    const remove = async () =>
      (await client.securityHub.send(new hub.DeleteMembersCommand({ AccountIds }))).UnprocessedAccounts;
    const refused = [{ ProcessingResult: expect.stringContaining('belongs to an organization') as string }];
    expect(await remove()).toMatchObject(refused);
    await client.securityHub.send(new hub.DisassociateMembersCommand({ AccountIds }));
    expect(await remove()).toMatchObject(refused);
    const { Members } = await client.securityHub.send(new hub.GetMembersCommand({ AccountIds }));
    expect(Members).toMatchObject([{ MemberStatus: 'Removed' }]);
  });

  it('shows a suspended account of the organization as AccountSuspended', async () => {
    const { client, control } = await startOrganization();
    await control.change('PUT', 'organization', {
      managementAccount: MANAGEMENT,
      accounts: [{ accountId: ACCOUNT }, { accountId: INSIDE, state: 'SUSPENDED' }],
    });
    await client.securityHub.send(new hub.CreateMembersCommand({ AccountDetails: details(INSIDE) }));
    const { Members } = await client.securityHub.send(new hub.GetMembersCommand({ AccountIds: [INSIDE] }));
    expect(Members).toMatchObject([{ MemberStatus: 'AccountSuspended' }]);
  });
});

describe('the delegated administrator', () => {
  it('is designated by the management account, in every region the same', async () => {
    const { management, guardDuty } = await startOrganization();
    expect(
      (await management.guardDuty.send(new ListOrganizationAdminAccountsCommand({}))).AdminAccounts,
    ).toEqual([{ AdminAccountId: ACCOUNT, AdminStatus: 'ENABLED' }]);
    expect(
      (await management.securityHub.send(new hub.ListOrganizationAdminAccountsCommand({}))).AdminAccounts,
    ).toEqual([{ AccountId: ACCOUNT, Status: 'ENABLED' }]);

    const elsewhere = guardDuty({ account: MANAGEMENT, region: 'eu-west-1' });
    const enable = (AdminAccountId: string) =>
      elsewhere.send(new EnableOrganizationAdminAccountCommand({ AdminAccountId }));
    expect((await refusalOf(enable(INSIDE))).message).toBe(
      'The request failed because another account is already enabled as GuardDuty delegated administrator for the organization.',
    );
    expect((await refusalOf(enable(OUTSIDE))).message).toBe(
      'The request failed because admin account passed is not member of AWS Organizations.',
    );
    await enable(ACCOUNT);
    const notManagement = guardDuty().send(new ListOrganizationAdminAccountsCommand({}));
    expect((await refusalOf(notManagement)).message).toContain('AWS Organization master permission');
  });

  it('loses its members with the designation', async () => {
    const organization = await startOrganization('ALL');
    const { management } = organization;
    await management.guardDuty.send(new DisableOrganizationAdminAccountCommand({ AdminAccountId: ACCOUNT }));
    await management.securityHub.send(
      new hub.DisableOrganizationAdminAccountCommand({ AdminAccountId: ACCOUNT }),
    );
    expect((await statuses(organization)).guardDuty).toMatchObject({ [INSIDE]: 'Removed' });
    expect(
      (await management.guardDuty.send(new ListOrganizationAdminAccountsCommand({}))).AdminAccounts,
    ).toEqual([]);
  });
});
