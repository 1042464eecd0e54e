import {
  CreateMembersCommand,
  GetMembersCommand,
  InviteMembersCommand,
  ListDetectorsCommand,
} from '@aws-sdk/client-guardduty';
import * as hub from '@aws-sdk/client-securityhub';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, accountIds, detectorOf, email, refusalOf, startSandbox } from './clients.js';

describe('rates', () => {
  // This rate returns no token during a test.
  const NEVER = 0.001;

  it('allow a burst, then refuse until tokens return, in one bucket per account, region and service', async () => {
    const { guardDuty, securityHub, control } = await startSandbox({
      rates: { guardduty: { perSecond: NEVER, burst: 2 }, securityhub: { perSecond: NEVER, burst: 1 } },
    });
    const list = (options?: Parameters<typeof guardDuty>[0]) =>
      guardDuty(options).send(new ListDetectorsCommand({}));
    await list();
    await list();
    expect(await refusalOf(list())).toMatchObject({ name: 'ThrottlingException', status: 400 });
    await list({ region: 'eu-west-1' });
    await list({ account: '999988887777' });

    const describeHub = () => securityHub().send(new hub.DescribeHubCommand({}));
    await describeHub();
    expect(await refusalOf(describeHub())).toMatchObject({ name: 'LimitExceededException', status: 429 });
    expect((await control.calls('operation=DescribeHub')).map(({ outcome }) => outcome)).toEqual([
      'applied',
      'refused',
    ]);
  });

  it('count as throttling for the SDK, which retries by itself', async () => {
    const { guardDuty, control } = await startSandbox();
    await control.change('PUT', 'faults', [{ match: {}, fault: 'throttle', times: 1 }]);
    const { $metadata } = await guardDuty({ maxAttempts: 3 }).send(new ListDetectorsCommand({}));
    expect($metadata).toMatchObject({ attempts: 2, httpStatusCode: 200 });
    expect((await control.calls()).map(({ httpStatus }) => httpStatus)).toEqual([400, 200]);
  });

  it('can be changed and turned off between calls', async () => {
    const { guardDuty, control } = await startSandbox({
      rates: { guardduty: { perSecond: NEVER, burst: 1 } },
    });
    const list = () => guardDuty().send(new ListDetectorsCommand({}));
    await list();
    expect((await refusalOf(list())).name).toBe('ThrottlingException');
    await control.change('PUT', 'rates', { guardduty: null });
    await Promise.all(Array.from({ length: 20 }, list));
    expect(await control.read('rates')).toEqual({
      guardduty: null,
      securityhub: { perSecond: 10, burst: 30 },
    });
  });
});

describe('ceilings', () => {
  it('leave members above the ceiling unprocessed, with the text of the service', async () => {
    const { guardDuty, control } = await startSandbox();
    await control.change('PUT', 'settings', { ceilings: { guardduty: { members: 3, invitations: null } } });
    const client = guardDuty();
    const DetectorId = await detectorOf(client);
    const ids = accountIds(5);
    const AccountDetails = ids.map((AccountId) => ({ AccountId, Email: email(AccountId) }));
    const { UnprocessedAccounts } = await client.send(
      new CreateMembersCommand({ DetectorId, AccountDetails }),
    );
    const Result =
      'The request is rejected because the current account cannot create anymore members since it cannot exceed the maximum number of allowed members.';
    expect(UnprocessedAccounts).toEqual(ids.slice(3).map((AccountId) => ({ AccountId, Result })));
    expect((await client.send(new GetMembersCommand({ DetectorId, AccountIds: ids }))).Members).toHaveLength(
      3,
    );
  });

  it('leave invitations above the ceiling unprocessed, and allow more after some are withdrawn', async () => {
    const { securityHub, control } = await startSandbox();
    await control.change('PUT', 'settings', { ceilings: { securityhub: { members: null, invitations: 2 } } });
    const client = securityHub();
    const [a, b, c] = accountIds(3) as [string, string, string];
    await client.send(
      new hub.CreateMembersCommand({ AccountDetails: [a, b, c].map((AccountId) => ({ AccountId })) }),
    );
    const invite = async (...AccountIds: string[]) =>
      (await client.send(new hub.InviteMembersCommand({ AccountIds }))).UnprocessedAccounts;
    expect(await invite(a, b, c)).toMatchObject([
      {
        AccountId: c,
        ProcessingResult: expect.stringContaining('maximum number of outstanding invitations'),
      },
    ]);
    await client.send(new hub.DisassociateMembersCommand({ AccountIds: [a] }));
    expect(await invite(c)).toEqual([]);
    expect((await control.mails()).map(({ accountId }) => accountId)).toEqual([a, b, c]);
  });
});

describe('regions', () => {
  it('that are not enabled for the account refuse every credential', async () => {
    const { guardDuty, securityHub } = await startSandbox();
    const off = { name: 'UnrecognizedClientException', status: 403 };
    const region = 'ap-east-1';
    expect(await refusalOf(guardDuty({ region }).send(new ListDetectorsCommand({})))).toMatchObject(off);
    expect(await refusalOf(securityHub({ region }).send(new hub.DescribeHubCommand({})))).toMatchObject(off);
  });

  it('that a policy denies refuse every action by name', async () => {
    const { guardDuty } = await startSandbox();
    expect(
      await refusalOf(guardDuty({ region: 'eu-south-1' }).send(new ListDetectorsCommand({}))),
    ).toMatchObject({
      name: 'AccessDeniedException',
      status: 403,
      message: `User: arn:aws:iam::${ACCOUNT}:user/sandbox is not authorized to perform: guardduty:ListDetectors with an explicit deny in a service control policy`,
    });
  });

  it('in which the services are not enabled have no detector and no subscription', async () => {
    const { guardDuty, securityHub } = await startSandbox();
    const region = 'sa-east-1';
    expect((await guardDuty({ region }).send(new ListDetectorsCommand({}))).DetectorIds).toEqual([]);
    const invite = new InviteMembersCommand({
      DetectorId: await detectorOf(guardDuty()),
      AccountIds: ['222233334444'],
    });
    expect(await refusalOf(guardDuty({ region }).send(invite))).toMatchObject({
      name: 'BadRequestException',
      message: 'The request is rejected because the input detectorId is not owned by the current account.',
    });
    expect(await refusalOf(securityHub({ region }).send(new hub.ListMembersCommand({})))).toMatchObject({
      name: 'InvalidAccessException',
      status: 401,
      message: `Account ${ACCOUNT} is not subscribed to AWS Security Hub`,
    });
  });

  it('can be turned on and off', async () => {
    const { securityHub, control } = await startSandbox();
    await control.change('PUT', 'settings', { regions: { 'ap-east-1': 'on', 'us-east-1': 'not-enabled' } });
    await securityHub({ region: 'ap-east-1' }).send(new hub.DescribeHubCommand({}));
    expect((await refusalOf(securityHub().send(new hub.DescribeHubCommand({})))).name).toBe(
      'InvalidAccessException',
    );
  });
});

describe('members', () => {
  it('belong to one account, region and service only', async () => {
    const { guardDuty, securityHub } = await startSandbox();
    const [id] = accountIds(1) as [string];
    const here = guardDuty();
    await here.send(
      new CreateMembersCommand({
        DetectorId: await detectorOf(here),
        AccountDetails: [{ AccountId: id, Email: email(id) }],
      }),
    );
    const found = async (client: typeof here) =>
      (await client.send(new GetMembersCommand({ DetectorId: await detectorOf(client), AccountIds: [id] })))
        .Members?.length;
    expect(await found(here)).toBe(1);
    expect(await found(guardDuty({ region: 'eu-west-1' }))).toBe(0);
    expect(await found(guardDuty({ account: '999988887777' }))).toBe(0);
    expect((await securityHub().send(new hub.GetMembersCommand({ AccountIds: [id] }))).Members).toEqual([]);
  });
});
