/* eslint-disable @typescript-eslint/no-deprecated -- Programs in use still send the deprecated operations. */
import * as guardduty from '@aws-sdk/client-guardduty';
import * as hub from '@aws-sdk/client-securityhub';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, collect, detectorOf, email, refusalOf, startSandbox } from './clients.js';

const OTHER_ADMINISTRATOR = '555566667777';
const MEMBER = '222233334444';

/** One account's view of either service, in one shape. */
interface Party {
  invite(account: string): Promise<unknown>;
  create(account: string): Promise<(string | undefined)[]>;
  status(account: string): Promise<string | undefined>;
  invitations(pageSize?: number): Promise<Pick<hub.Invitation, 'AccountId' | 'InvitationId'>[]>;
  count(): Promise<number | undefined>;
  accept(administrator: string, invitationId: string, deprecated?: boolean): Promise<unknown>;
  decline(administrator: string): Promise<(string | undefined)[]>;
  deleteInvitation(administrator: string): Promise<(string | undefined)[]>;
  administrator(deprecated?: boolean): Promise<object | undefined>;
  resign(deprecated?: boolean): Promise<unknown>;
}

async function guardDutyParty(client: guardduty.GuardDutyClient): Promise<Party> {
  const DetectorId = await detectorOf(client);
  const results = ({ UnprocessedAccounts = [] }: guardduty.CreateMembersCommandOutput) =>
    UnprocessedAccounts.map(({ Result }) => Result);
  return {
    invite: (id) => client.send(new guardduty.InviteMembersCommand({ DetectorId, AccountIds: [id] })),
    create: async (id) => {
      const AccountDetails = [{ AccountId: id, Email: email(id) }];
      return results(await client.send(new guardduty.CreateMembersCommand({ DetectorId, AccountDetails })));
    },
    status: async (id) => {
      const read = new guardduty.GetMembersCommand({ DetectorId, AccountIds: [id] });
      return (await client.send(read)).Members?.[0]?.RelationshipStatus;
    },
    invitations: (pageSize = 50) =>
      collect(
        guardduty.paginateListInvitations({ client, pageSize }, {}),
        ({ Invitations = [] }) => Invitations,
      ),
    count: async () => (await client.send(new guardduty.GetInvitationsCountCommand({}))).InvitationsCount,
    accept: (AdministratorId, InvitationId, deprecated) =>
      deprecated === true
        ? client.send(
            new guardduty.AcceptInvitationCommand({ DetectorId, MasterId: AdministratorId, InvitationId }),
          )
        : client.send(
            new guardduty.AcceptAdministratorInvitationCommand({ DetectorId, AdministratorId, InvitationId }),
          ),
    decline: async (id) =>
      results(await client.send(new guardduty.DeclineInvitationsCommand({ AccountIds: [id] }))),
    deleteInvitation: async (id) =>
      results(await client.send(new guardduty.DeleteInvitationsCommand({ AccountIds: [id] }))),
    administrator: async (deprecated) =>
      deprecated === true
        ? (await client.send(new guardduty.GetMasterAccountCommand({ DetectorId }))).Master
        : (await client.send(new guardduty.GetAdministratorAccountCommand({ DetectorId }))).Administrator,
    resign: (deprecated) =>
      deprecated === true
        ? client.send(new guardduty.DisassociateFromMasterAccountCommand({ DetectorId }))
        : client.send(new guardduty.DisassociateFromAdministratorAccountCommand({ DetectorId })),
  };
}

async function securityHubParty(client: hub.SecurityHubClient): Promise<Party> {
  const results = ({ UnprocessedAccounts = [] }: hub.CreateMembersCommandOutput) =>
    UnprocessedAccounts.map(({ ProcessingResult }) => ProcessingResult);
  return {
    invite: (id) => client.send(new hub.InviteMembersCommand({ AccountIds: [id] })),
    create: async (id) =>
      results(await client.send(new hub.CreateMembersCommand({ AccountDetails: [{ AccountId: id }] }))),
    status: async (id) =>
      (await client.send(new hub.GetMembersCommand({ AccountIds: [id] }))).Members?.[0]?.MemberStatus,
    invitations: (pageSize = 50) =>
      collect(hub.paginateListInvitations({ client, pageSize }, {}), ({ Invitations = [] }) => Invitations),
    count: async () => (await client.send(new hub.GetInvitationsCountCommand({}))).InvitationsCount,
    accept: (AdministratorId, InvitationId, deprecated) =>
      deprecated === true
        ? client.send(new hub.AcceptInvitationCommand({ MasterId: AdministratorId, InvitationId }))
        : client.send(new hub.AcceptAdministratorInvitationCommand({ AdministratorId, InvitationId })),
    decline: async (id) =>
      results(await client.send(new hub.DeclineInvitationsCommand({ AccountIds: [id] }))),
    deleteInvitation: async (id) =>
      results(await client.send(new hub.DeleteInvitationsCommand({ AccountIds: [id] }))),
    administrator: async (deprecated) =>
      deprecated === true
        ? (await client.send(new hub.GetMasterAccountCommand({}))).Master
        : (await client.send(new hub.GetAdministratorAccountCommand({}))).Administrator,
    resign: (deprecated) =>
      deprecated === true
        ? client.send(new hub.DisassociateFromMasterAccountCommand({}))
        : client.send(new hub.DisassociateFromAdministratorAccountCommand({})),
  };
}

describe.each(['GuardDuty', 'Security Hub'])('a member of %s', (service) => {
  async function start() {
    const { guardDuty, securityHub } = await startSandbox();
    const party = (account: string): Promise<Party> =>
      service === 'GuardDuty'
        ? guardDutyParty(guardDuty({ account }))
        : securityHubParty(securityHub({ account }));
    const [administrator, other, member] = await Promise.all([
      party(ACCOUNT),
      party(OTHER_ADMINISTRATOR),
      party(MEMBER),
    ]);
    const inviteBy = async (inviter: Party): Promise<void> => {
      await inviter.create(MEMBER);
      await inviter.invite(MEMBER);
    };
    return { administrator, other, member, inviteBy };
  }

  it.each([false, true])('accepts an invitation, and resigns (deprecated operations: %s)', async (old) => {
    const { administrator, member, inviteBy } = await start();
    expect(await member.administrator(old)).toBeUndefined();
    await inviteBy(administrator);
    const [invitation] = await member.invitations();
    expect(invitation).toMatchObject({ AccountId: ACCOUNT, InvitationId: expect.stringMatching(/^\w{32}$/) });
    expect(await member.count()).toBe(1);

    await member.accept(ACCOUNT, invitation!.InvitationId!, old);
    expect(await administrator.status(MEMBER)).toBe('Enabled');
    expect(await member.administrator(old)).toMatchObject({
      AccountId: ACCOUNT,
      InvitationId: invitation!.InvitationId,
    });
    expect(await member.count()).toBe(0);

    await member.resign(old);
    expect(await administrator.status(MEMBER)).toBe('Resigned');
    expect((await refusalOf(member.resign(old))).message).toBe(
      'The request is rejected because the current account is not associated to a master account.',
    );
  });

  it('declines an invitation, then deletes it', async () => {
    const { administrator, other, member, inviteBy } = await start();
    await inviteBy(administrator);
    await inviteBy(other);
    expect((await member.invitations(1)).map(({ AccountId }) => AccountId)).toEqual([
      ACCOUNT,
      OTHER_ADMINISTRATOR,
    ]);
    expect(await member.deleteInvitation(ACCOUNT)).toEqual([
      'The request is rejected because the current account cannot delete the invitation from the given master account ID since it is still associated to it or has not declined their invitation yet.',
    ]);
    expect(await member.decline(ACCOUNT)).toEqual([]);
    expect(await administrator.status(MEMBER)).toBe('Resigned');
    expect(await member.count()).toBe(2);
    expect(await member.deleteInvitation(ACCOUNT)).toEqual([]);
    expect(await member.count()).toBe(1);
    const none = [expect.stringContaining('has no pending invitation from the given master account ID')];
    expect(await member.decline(ACCOUNT)).toEqual(none);
    expect(await member.deleteInvitation(ACCOUNT)).toEqual(none);
  });

  it('has one administrator, and no members of its own', async () => {
    const { administrator, other, member, inviteBy } = await start();
    await inviteBy(administrator);
    await inviteBy(other);
    const [first, second] = await member.invitations();
    expect((await refusalOf(member.accept(ACCOUNT, second!.InvitationId!))).message).toContain(
      'has no pending invitation',
    );
    await member.accept(ACCOUNT, first!.InvitationId!);
    expect((await refusalOf(member.accept(OTHER_ADMINISTRATOR, second!.InvitationId!))).message).toContain(
      'since it is already an associated member of some master account',
    );
    expect(await member.create('333344445555')).toEqual([
      expect.stringContaining('since it is already an associated member of another master account'),
    ]);
  });

  it('cannot accept while it has members', async () => {
    const { administrator, member, inviteBy } = await start();
    await inviteBy(administrator);
    await member.create('333344445555');
    const [invitation] = await member.invitations();
    expect((await refusalOf(member.accept(ACCOUNT, invitation!.InvitationId!))).message).toContain(
      'since it still has created, invited or associated members',
    );
  });
});
