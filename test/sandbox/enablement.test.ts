import {
  CreateDetectorCommand,
  CreateMembersCommand,
  DeleteDetectorCommand,
  GetDetectorCommand,
  GetMembersCommand,
  InviteMembersCommand,
  ListDetectorsCommand,
  StartMonitoringMembersCommand,
  StopMonitoringMembersCommand,
} from '@aws-sdk/client-guardduty';
import * as hub from '@aws-sdk/client-securityhub';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, detectorOf, email, refusalOf, startSandbox } from './clients.js';
import { startOrganization } from './organization.js';

const A = '222233334444';

describe('a detector', () => {
  it('is deleted and created again with another id; an account has one', async () => {
    const client = (await startSandbox()).guardDuty();
    const DetectorId = await detectorOf(client);
    expect(await client.send(new GetDetectorCommand({ DetectorId }))).toMatchObject({
      Status: 'ENABLED',
      ServiceRole: expect.stringContaining(ACCOUNT),
    });
    expect(await refusalOf(client.send(new CreateDetectorCommand({ Enable: true })))).toMatchObject({
      name: 'BadRequestException',
      message: 'The request is rejected because a detector already exists for the current account.',
    });
    await client.send(new DeleteDetectorCommand({ DetectorId }));
    expect((await client.send(new ListDetectorsCommand({}))).DetectorIds).toEqual([]);
    const created = await client.send(new CreateDetectorCommand({ Enable: true }));
    expect(created.DetectorId).toMatch(/^[0-9a-f]{32}$/);
    expect(created.DetectorId).not.toBe(DetectorId);
    expect(await detectorOf(client)).toBe(created.DetectorId);
    expect(await refusalOf(client.send(new GetDetectorCommand({ DetectorId })))).toMatchObject({
      message: 'The request is rejected because the input detectorId is not owned by the current account.',
    });
  });

  it('is not deleted while it has invited or associated members', async () => {
    const client = (await startSandbox()).guardDuty();
    const DetectorId = await detectorOf(client);
    const AccountDetails = [{ AccountId: A, Email: email(A) }];
    await client.send(new CreateMembersCommand({ DetectorId, AccountDetails }));
    await client.send(new InviteMembersCommand({ DetectorId, AccountIds: [A] }));
    expect((await refusalOf(client.send(new DeleteDetectorCommand({ DetectorId })))).message).toBe(
      'The request is rejected because the current account cannot delete detector while it has invited or associated members.',
    );
  });
});

describe('monitoring', () => {
  it('is stopped and started for associated members', async () => {
    const { guardDuty, control } = await startSandbox();
    const client = guardDuty();
    const DetectorId = await detectorOf(client);
    await control.change('POST', 'members', {
      account: ACCOUNT,
      region: 'us-east-1',
      service: 'guardduty',
      members: [{ accountId: A, status: 'Enabled' }],
    });
    const AccountIds = [A, '333344445555'];
    const notAMember = [{ AccountId: '333344445555', Result: expect.stringContaining('not an associated') }];
    const status = async () =>
      (await client.send(new GetMembersCommand({ DetectorId, AccountIds: [A] }))).Members?.[0]
        ?.RelationshipStatus;
    const stopped = await client.send(new StopMonitoringMembersCommand({ DetectorId, AccountIds }));
    expect(stopped.UnprocessedAccounts).toEqual(notAMember);
    expect(await status()).toBe('Disabled');
    const started = await client.send(new StartMonitoringMembersCommand({ DetectorId, AccountIds }));
    expect(started.UnprocessedAccounts).toEqual(notAMember);
    expect(await status()).toBe('Enabled');
  });
});

describe('Security Hub', () => {
  it('is disabled with its members, and enabled again', async () => {
    const client = (await startSandbox()).securityHub();
    expect(await refusalOf(client.send(new hub.EnableSecurityHubCommand({})))).toMatchObject({
      name: 'ResourceConflictException',
      status: 409,
      message: 'Account is already subscribed to Security Hub',
    });
    await client.send(new hub.CreateMembersCommand({ AccountDetails: [{ AccountId: A }] }));
    await client.send(new hub.DisableSecurityHubCommand({}));
    const notSubscribed = {
      name: 'InvalidAccessException',
      status: 401,
      message: `Account ${ACCOUNT} is not subscribed to AWS Security Hub`,
    };
    expect(await refusalOf(client.send(new hub.DescribeHubCommand({})))).toMatchObject(notSubscribed);
    expect(await refusalOf(client.send(new hub.DisableSecurityHubCommand({})))).toMatchObject(notSubscribed);
    await client.send(new hub.EnableSecurityHubCommand({ EnableDefaultStandards: false }));
    const { Members } = await client.send(new hub.ListMembersCommand({ OnlyAssociated: false }));
    expect(Members).toEqual([]);
  });

  it('is not disabled in the delegated administrator', async () => {
    const { client } = await startOrganization();
    const refused = client.securityHub.send(new hub.DisableSecurityHubCommand({}));
    expect((await refusalOf(refused)).message).toBe(
      'Cannot disable Security Hub on the Security Hub administrator',
    );
  });

  it('is disabled for a member, which is Resigned then', async () => {
    const { securityHub, control } = await startSandbox();
    await control.change('POST', 'members', {
      account: ACCOUNT,
      region: 'us-east-1',
      service: 'securityhub',
      members: [{ accountId: A, status: 'Enabled' }],
    });
    await securityHub({ account: A }).send(new hub.DisableSecurityHubCommand({}));
    const { Members } = await securityHub().send(new hub.GetMembersCommand({ AccountIds: [A] }));
    expect(Members).toMatchObject([{ MemberStatus: 'Resigned' }]);
  });
});
