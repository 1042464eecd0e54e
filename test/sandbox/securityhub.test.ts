import {
  CreateMembersCommand,
  DeleteMembersCommand,
  DescribeHubCommand,
  DisassociateMembersCommand,
  GetMembersCommand,
  InviteMembersCommand,
  ListMembersCommand,
} from '@aws-sdk/client-securityhub';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, accountIds, email, refusalOf, startSandbox } from './clients.js';

const [A, B, C] = ['222233334444', '333344445555', '444455556666'] as const;

const create = (ids: readonly string[]) =>
  new CreateMembersCommand({ AccountDetails: ids.map((AccountId) => ({ AccountId })) });

async function start() {
  const sandbox = await startSandbox();
  return { ...sandbox, client: sandbox.securityHub() };
}

describe('Security Hub in the sandbox', () => {
  it('says that it is enabled', async () => {
    const { client } = await start();
    expect(await client.send(new DescribeHubCommand({}))).toMatchObject({
      HubArn: `arn:aws:securityhub:us-east-1:${ACCOUNT}:hub/default`,
    });
  });

  it('creates members with and without an e-mail address, and shows them as the real service does', async () => {
    const { client } = await start();
    const AccountDetails = [{ AccountId: A, Email: email(A) }, { AccountId: B }];
    expect((await client.send(new CreateMembersCommand({ AccountDetails }))).UnprocessedAccounts).toEqual([]);
    const { Members, UnprocessedAccounts } = await client.send(
      new GetMembersCommand({ AccountIds: [B, A, C] }),
    );
    const common = {
      AdministratorId: ACCOUNT,
      MasterId: ACCOUNT,
      MemberStatus: 'Created',
      UpdatedAt: expect.any(Date),
    };
    expect(Members).toEqual([
      { AccountId: B, ...common },
      { AccountId: A, Email: email(A), ...common },
    ]);
    expect(UnprocessedAccounts).toEqual([
      {
        AccountId: C,
        ProcessingResult:
          'The request is rejected because the given account ID is not an associated member of account the current account.',
      },
    ]);
  });

  it('leaves existing members and the administrator unprocessed, with their texts', async () => {
    const { client } = await start();
    await client.send(create([A]));
    expect((await client.send(create([ACCOUNT, A, B]))).UnprocessedAccounts).toEqual([
      {
        AccountId: ACCOUNT,
        ProcessingResult: 'The request is rejected because an account cannot become a member of itself.',
      },
      {
        AccountId: A,
        ProcessingResult:
          'The request is rejected because the given account ID is already a member or associated member of the current account.',
      },
    ]);
  });

  it('invites members once, and leaves a second invitation unprocessed with its own text', async () => {
    const { client, control } = await start();
    await client.send(create([A]));
    expect((await client.send(new InviteMembersCommand({ AccountIds: [A] }))).UnprocessedAccounts).toEqual(
      [],
    );
    expect((await client.send(new InviteMembersCommand({ AccountIds: [A] }))).UnprocessedAccounts).toEqual([
      {
        AccountId: A,
        ProcessingResult:
          'The request is rejected because the current account has already invited or is already the SecurityHub master of the given member account ID.',
      },
    ]);
    expect(await control.mails()).toMatchObject([
      { accountId: A, service: 'securityhub', message: null, emailDisabled: false },
    ]);
    const { Members } = await client.send(new GetMembersCommand({ AccountIds: [A] }));
    expect(Members).toMatchObject([{ MemberStatus: 'Invited', InvitedAt: expect.any(Date) }]);
  });

  it('disassociates without naming accounts, and deletes members that are not associated', async () => {
    const { client, control } = await start();
    const members = [A, B].map((accountId) => ({ accountId, status: 'Enabled' }));
    await control.change('POST', 'members', {
      account: ACCOUNT,
      region: 'us-east-1',
      service: 'securityhub',
      members,
    });
    const { $metadata, ...answer } = await client.send(
      new DisassociateMembersCommand({ AccountIds: [A, C] }),
    );
    expect([$metadata.httpStatusCode, answer]).toEqual([200, {}]);
    expect((await client.send(new DeleteMembersCommand({ AccountIds: [A, B] }))).UnprocessedAccounts).toEqual(
      [
        {
          AccountId: B,
          ProcessingResult:
            'The request is rejected because the current account cannot delete the given member account ID since it is still associated to it.',
        },
      ],
    );
    expect((await client.send(new GetMembersCommand({ AccountIds: [A, B] }))).Members).toMatchObject([
      { AccountId: B, MemberStatus: 'Enabled' },
    ]);
  });

  it('creates a removed member again', async () => {
    const { client, control } = await start();
    const members = [{ accountId: A, status: 'Removed' }];
    await control.change('POST', 'members', {
      account: ACCOUNT,
      region: 'us-east-1',
      service: 'securityhub',
      members,
    });
    expect((await client.send(create([A]))).UnprocessedAccounts).toEqual([]);
    expect((await client.send(new GetMembersCommand({ AccountIds: [A] }))).Members).toMatchObject([
      { MemberStatus: 'Created' },
    ]);
  });

  it('refuses a blank e-mail address', async () => {
    const { client } = await start();
    const [AccountId] = accountIds(1);
    const create = client.send(new CreateMembersCommand({ AccountDetails: [{ AccountId, Email: ' ' }] }));
    expect(await refusalOf(create)).toMatchObject({ name: 'InvalidInputException', status: 400 });
  });

  it('lists members in pages, by default only associated ones', async () => {
    const { client, control } = await start();
    const ids = accountIds(60);
    const members = ids.map((accountId, i) => ({ accountId, status: i < 55 ? 'Invited' : 'Enabled' }));
    await control.change('POST', 'members', {
      account: ACCOUNT,
      region: 'us-east-1',
      service: 'securityhub',
      members,
    });
    const first = await client.send(new ListMembersCommand({ OnlyAssociated: false }));
    const second = await client.send(
      new ListMembersCommand({ OnlyAssociated: false, NextToken: first.NextToken }),
    );
    expect([...(first.Members ?? []), ...(second.Members ?? [])].map(({ AccountId }) => AccountId)).toEqual(
      ids,
    );
    expect([first.Members?.length, second.NextToken]).toEqual([50, undefined]);
    const associated = await client.send(new ListMembersCommand({ MaxResults: 2 }));
    expect(associated.Members?.map(({ AccountId }) => AccountId)).toEqual([ids[55], ids[56]]);
    await control.change('POST', 'members', {
      account: ACCOUNT,
      region: 'us-east-1',
      service: 'securityhub',
      members: [{ accountId: ids[55], status: 'AccountSuspended' }],
    });
    const enabled = await client.send(new ListMembersCommand({ MaxResults: 1 }));
    expect(enabled.Members?.map(({ AccountId }) => AccountId)).toEqual([ids[56]]);
    expect(await refusalOf(client.send(new ListMembersCommand({ MaxResults: 51 })))).toMatchObject({
      name: 'InvalidInputException',
      status: 400,
    });
  });

  it('refuses a call with more than 50 accounts', async () => {
    const { client, control } = await start();
    expect(await refusalOf(client.send(create(accountIds(51))))).toMatchObject({
      name: 'InvalidInputException',
      status: 400,
      message: "Invalid parameter 'AccountDetails'. At most 50 accounts are allowed, and 51 were given.",
    });
    expect(await control.read(`members?account=${ACCOUNT}&region=us-east-1&service=securityhub`)).toEqual({
      members: [],
    });
  });

  it('can leave the 51st account and later ones unprocessed, as in the past', async () => {
    const { client, control } = await start();
    await control.change('PUT', 'settings', { securityHubAboveLimit: 'unprocessed' });
    const ids = accountIds(52);
    expect((await client.send(create(ids))).UnprocessedAccounts).toEqual(
      ids
        .slice(50)
        .map((AccountId) => ({ AccountId, ProcessingResult: 'Maximum number of results exceeded' })),
    );
    expect((await client.send(new GetMembersCommand({ AccountIds: ids.slice(2) }))).Members).toHaveLength(48);
  });

  it.each([
    ['no accounts', []],
    ['an account id that is none', ['2222-3333-4444']],
  ])('refuses %s as a whole', async (_, ids) => {
    const { client } = await start();
    expect(await refusalOf(client.send(new InviteMembersCommand({ AccountIds: ids })))).toMatchObject({
      name: 'InvalidInputException',
      status: 400,
      message: "Invalid parameter 'AccountIds'.",
    });
  });
});
