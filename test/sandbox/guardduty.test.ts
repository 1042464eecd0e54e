import {
  CreateMembersCommand,
  DeleteMembersCommand,
  DisassociateMembersCommand,
  GetMembersCommand,
  InviteMembersCommand,
  ListDetectorsCommand,
  ListMembersCommand,
  type GuardDutyClient,
} from '@aws-sdk/client-guardduty';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, accountIds, detectorOf, email, refusalOf, startSandbox } from './clients.js';

const [A, B, C] = ['222233334444', '333344445555', '444455556666'] as const;

const create = (client: GuardDutyClient, DetectorId: string, ids: readonly string[]) =>
  client.send(
    new CreateMembersCommand({
      DetectorId,
      AccountDetails: ids.map((AccountId) => ({ AccountId, Email: email(AccountId) })),
    }),
  );

async function start() {
  const sandbox = await startSandbox();
  const client = sandbox.guardDuty();
  return { ...sandbox, client, DetectorId: await detectorOf(client) };
}

describe('GuardDuty in the sandbox', () => {
  it('has one detector per account and region, the same after a restart', async () => {
    const first = await start();
    const second = await start();
    expect(first.DetectorId).toMatch(/^[0-9a-f]{32}$/);
    expect(second.DetectorId).toBe(first.DetectorId);
    expect(await detectorOf(first.guardDuty({ region: 'eu-west-1' }))).not.toBe(first.DetectorId);
    expect(await detectorOf(first.guardDuty({ account: B }))).not.toBe(first.DetectorId);
  });

  it('creates members, and leaves existing members and the administrator unprocessed with their texts', async () => {
    const { client, DetectorId } = await start();
    expect((await create(client, DetectorId, [A])).UnprocessedAccounts).toEqual([]);
    expect((await create(client, DetectorId, [A, B, ACCOUNT])).UnprocessedAccounts).toEqual([
      {
        AccountId: A,
        Result:
          'The request is rejected because the given account ID is already a member or associated member of the current account.',
      },
      {
        AccountId: ACCOUNT,
        Result: 'The request is rejected because an account cannot become a member of itself.',
      },
    ]);
  });

  it('shows a member as the real service does', async () => {
    const { client, DetectorId } = await start();
    await create(client, DetectorId, [A]);
    const { Members, UnprocessedAccounts } = await client.send(
      new GetMembersCommand({ DetectorId, AccountIds: [A, B] }),
    );
    expect(Members).toEqual([
      {
        AccountId: A,
        MasterId: ACCOUNT,
        AdministratorId: ACCOUNT,
        Email: email(A),
        RelationshipStatus: 'Created',
        UpdatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      },
    ]);
    expect(UnprocessedAccounts).toEqual([
      {
        AccountId: B,
        Result:
          'The request is rejected because the given account ID is not an associated member of account the current account.',
      },
    ]);
  });

  it('invites created members once, with one mail each', async () => {
    const { client, DetectorId, control } = await start();
    await create(client, DetectorId, [A]);
    const invite = () =>
      client.send(
        new InviteMembersCommand({
          DetectorId,
          AccountIds: [A, B, ACCOUNT],
          Message: 'Join us',
          DisableEmailNotification: true,
        }),
      );
    expect((await invite()).UnprocessedAccounts).toEqual([
      {
        AccountId: B,
        Result:
          'The request is rejected because the given account ID is not an associated member of account the current account.',
      },
      {
        AccountId: ACCOUNT,
        Result: 'The request is rejected because the current account cannot invite itself.',
      },
    ]);
    expect((await invite()).UnprocessedAccounts?.[0]).toEqual({
      AccountId: A,
      Result:
        'The request is rejected because the current account has already invited or is already the GuardDuty master of the given member account ID.',
    });
    const { Members } = await client.send(new GetMembersCommand({ DetectorId, AccountIds: [A] }));
    expect(Members?.[0]).toMatchObject({ RelationshipStatus: 'Invited', Email: email(A) });
    expect(await control.mails()).toEqual([
      {
        sequence: 1,
        account: ACCOUNT,
        region: 'us-east-1',
        service: 'guardduty',
        accountId: A,
        message: 'Join us',
        emailDisabled: true,
        invitedAt: Members?.[0]?.InvitedAt,
      },
    ]);
  });

  it('keeps the details of a disassociated member, which can be invited again without CreateMembers', async () => {
    const { client, DetectorId, control } = await start();
    await create(client, DetectorId, [A, B]);
    await client.send(new InviteMembersCommand({ DetectorId, AccountIds: [A] }));
    const { UnprocessedAccounts } = await client.send(
      new DisassociateMembersCommand({ DetectorId, AccountIds: [A, B, C] }),
    );
    expect(
      UnprocessedAccounts?.map(({ AccountId, Result }) => [AccountId, Result?.match(/since .*/)?.[0]]),
    ).toEqual([
      [B, 'since the latter is not yet associated to it.'],
      [C, 'since the latter is not yet associated to it.'],
    ]);
    expect(
      (await client.send(new InviteMembersCommand({ DetectorId, AccountIds: [A] }))).UnprocessedAccounts,
    ).toEqual([]);
    expect(await control.mails(`accountId=${A}`)).toHaveLength(2);
  });

  it('deletes only members that are not associated', async () => {
    const { client, DetectorId, control } = await start();
    await create(client, DetectorId, [A]);
    await control.change('POST', 'members', {
      account: ACCOUNT,
      region: 'us-east-1',
      service: 'guardduty',
      members: [{ accountId: B, email: email(B), status: 'Enabled' }],
    });
    const { UnprocessedAccounts } = await client.send(
      new DeleteMembersCommand({ DetectorId, AccountIds: [A, B, C] }),
    );
    expect(UnprocessedAccounts).toEqual([
      {
        AccountId: B,
        Result:
          'The request is rejected because the current account cannot delete the given member account ID since it is still associated to it.',
      },
      {
        AccountId: C,
        Result:
          'The request is rejected because the given account ID is not an associated member of account the current account.',
      },
    ]);
    const { Members } = await client.send(new GetMembersCommand({ DetectorId, AccountIds: [A, B] }));
    expect(
      Members?.map(({ AccountId, RelationshipStatus, DetectorId }) => [
        AccountId,
        RelationshipStatus,
        DetectorId,
      ]),
    ).toEqual([[B, 'Enabled', await detectorOf((await startSandbox()).guardDuty({ account: B }))]]);
  });

  it('lists members in pages, by default only associated ones', async () => {
    const { client, DetectorId, control } = await start();
    const ids = accountIds(120);
    await control.change('POST', 'members', {
      account: ACCOUNT,
      region: 'us-east-1',
      service: 'guardduty',
      members: ids
        .map((accountId, i) => ({
          accountId,
          email: email(accountId),
          status: i % 3 === 0 ? 'Enabled' : 'Created',
        }))
        .reverse(),
    });
    const listed = async (OnlyAssociated: string | undefined, MaxResults: number) => {
      const pages: string[][] = [];
      let NextToken: string | undefined;
      do {
        const page = await client.send(
          new ListMembersCommand({ DetectorId, MaxResults, OnlyAssociated, NextToken }),
        );
        pages.push(page.Members?.map(({ AccountId }) => AccountId!) ?? []);
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
      return pages;
    };
    const all = await listed('false', 50);
    expect(all.map((page) => page.length)).toEqual([50, 50, 20]);
    expect(all.flat()).toEqual(ids);
    const associated = await listed(undefined, 10);
    expect(associated.map((page) => page.length)).toEqual([10, 10, 10, 10]);
    expect(associated.flat()).toEqual(ids.filter((_, i) => i % 3 === 0));
  });

  it.each([
    ['MaxResults 51', { MaxResults: 51 }],
    ['MaxResults 0', { MaxResults: 0 }],
    ['a token it never gave', { NextToken: 'page-two' }],
    ['OnlyAssociated that is neither true nor false', { OnlyAssociated: 'maybe' }],
  ])('refuses a list with %s', async (_, input) => {
    const { client, DetectorId } = await start();
    expect(await refusalOf(client.send(new ListMembersCommand({ DetectorId, ...input })))).toMatchObject({
      name: 'BadRequestException',
      status: 400,
      message:
        'The request is rejected because an invalid or out-of-range value is specified as an input parameter.',
    });
  });

  it('refuses a call with more than 50 accounts, and changes nothing', async () => {
    const { client, DetectorId, control } = await start();
    expect(await refusalOf(create(client, DetectorId, accountIds(64)))).toMatchObject({
      name: 'BadRequestException',
      status: 400,
      message:
        'The request failed because the length provided for the accountDetails array was 64. Max allowed length is 50.',
    });
    expect(
      await refusalOf(client.send(new InviteMembersCommand({ DetectorId, AccountIds: accountIds(51) }))),
    ).toMatchObject({
      message:
        'The request failed because the length provided for the accountIds array was 51. Max allowed length is 50.',
    });
    expect(await control.read(`members?account=${ACCOUNT}&region=us-east-1&service=guardduty`)).toEqual({
      members: [],
    });
    expect((await create(client, DetectorId, accountIds(50))).UnprocessedAccounts).toEqual([]);
  });

  it.each([
    ['no accounts', []],
    ['an account id of eleven digits', [{ AccountId: '22223333444', Email: email(A) }]],
    ['an e-mail address without a dot in its domain', [{ AccountId: A, Email: 'owner@example' }]],
  ])('refuses %s as a whole', async (_, AccountDetails) => {
    const { client, DetectorId } = await start();
    expect(
      await refusalOf(client.send(new CreateMembersCommand({ DetectorId, AccountDetails }))),
    ).toMatchObject({
      name: 'BadRequestException',
      status: 400,
      message:
        'The request is rejected because an invalid or out-of-range value is specified as an input parameter.',
    });
  });

  it('refuses a call with an account without an e-mail address', async () => {
    const { client, DetectorId } = await start();
    const AccountDetails = [{ AccountId: A, Email: undefined }];
    expect(
      await refusalOf(client.send(new CreateMembersCommand({ DetectorId, AccountDetails }))),
    ).toMatchObject({
      name: 'BadRequestException',
      message: 'The request is rejected because one or more input parameters have invalid values.',
    });
  });

  it('refuses the detector of another account and a replaced detector', async () => {
    const { client, DetectorId, control, guardDuty } = await start();
    const malformed = refusalOf(create(guardDuty(), 'not-a-detector', [A]));
    expect(await malformed).toMatchObject({
      name: 'BadRequestException',
      message: 'The request is rejected because the parameter detectorId has an invalid value.',
    });
    const foreign = refusalOf(create(guardDuty({ account: B }), DetectorId, [A]));
    const notOwned = {
      name: 'BadRequestException',
      status: 400,
      message: 'The request is rejected because the input detectorId is not owned by the current account.',
    };
    expect(await foreign).toMatchObject(notOwned);
    await control.change('PUT', 'detectors', {
      account: ACCOUNT,
      region: 'us-east-1',
      detectorId: 'another',
    });
    expect(await refusalOf(create(client, DetectorId, [A]))).toMatchObject(notOwned);
    expect(await detectorOf(client)).toBe('another');
    await control.change('PUT', 'detectors', { account: ACCOUNT, region: 'us-east-1', detectorId: null });
    expect((await client.send(new ListDetectorsCommand({}))).DetectorIds).toEqual([]);
  });

  it('accepts a detector id that needs escaping in a path', async () => {
    const { client, control } = await start();
    await control.change('PUT', 'detectors', {
      account: ACCOUNT,
      region: 'us-east-1',
      detectorId: 'a/b c%2Fd',
    });
    expect((await create(client, 'a/b c%2Fd', [A])).UnprocessedAccounts).toEqual([]);
  });
});
