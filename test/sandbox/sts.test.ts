import { ListDetectorsCommand } from '@aws-sdk/client-guardduty';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { GuardDutyClient } from '@aws-sdk/client-guardduty';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, detectorOf, refusalOf, startSandbox } from './clients.js';

const OTHER = '444455556666';
const role = (name: string) => `arn:aws:iam::${OTHER}:role/${name}`;

describe('STS in the sandbox', () => {
  it('returns the identity of the caller', async () => {
    const { sts } = await startSandbox();
    expect(await sts().send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: ACCOUNT,
      Arn: `arn:aws:iam::${ACCOUNT}:user/sandbox`,
      UserId: `AIDASANDBOX${ACCOUNT}`,
      $metadata: { requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
  });

  it('returns credentials for the account of the role', async () => {
    const { sts, guardDuty } = await startSandbox();
    const RoleArn = role('path/MembershipGateway');
    const { Credentials, AssumedRoleUser } = await sts().send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: 'gateway' }),
    );
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${OTHER}:assumed-role/MembershipGateway/gateway`);
    const credentials = {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    };
    expect(await sts({ credentials }).send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: OTHER,
      Arn: AssumedRoleUser?.Arn,
    });
    expect(await detectorOf(guardDuty({ credentials }))).toBe(
      await detectorOf(guardDuty({ account: OTHER })),
    );
    const { accessKeyId, secretAccessKey } = credentials;
    expect(
      await refusalOf(detectorOf(guardDuty({ credentials: { accessKeyId, secretAccessKey } }))),
    ).toMatchObject({
      name: 'UnrecognizedClientException',
    });
  });

  it("serves the SDK's own provider of temporary credentials", async () => {
    const { sandbox, guardDuty } = await startSandbox();
    const credentials = fromTemporaryCredentials({
      masterCredentials: { accessKeyId: `AKIASANDBOX${ACCOUNT}`, secretAccessKey: 'sandbox-secret' },
      params: { RoleArn: role('MembershipGateway'), RoleSessionName: 'gateway' },
      clientConfig: { region: 'eu-west-1', endpoint: sandbox.url },
    });
    const client = new GuardDutyClient({ endpoint: sandbox.url, region: 'us-east-1', credentials });
    expect(await detectorOf(client)).toBe(await detectorOf(guardDuty({ account: OTHER })));
  });

  it('lets temporary credentials expire', async () => {
    const hour = 60 * 60_000;
    let ahead = 0;
    const { sts, guardDuty } = await startSandbox({ now: () => Date.now() + ahead });
    const { Credentials } = await sts().send(
      new AssumeRoleCommand({ RoleArn: role('R'), RoleSessionName: 'gateway' }),
    );
    const credentials = {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    };
    ahead = hour + 1_000;
    expect(
      await refusalOf(
        guardDuty({ credentials, systemClockOffset: ahead }).send(new ListDetectorsCommand({})),
      ),
    ).toMatchObject({
      name: 'ExpiredTokenException',
      status: 403,
      message: 'The security token included in the request is expired',
    });
  });

  it('requires the external id of a role that has one', async () => {
    const { sts } = await startSandbox();
    const assume = (ExternalId?: string) =>
      sts().send(
        new AssumeRoleCommand({ RoleArn: role('SandboxExternalId'), RoleSessionName: 'gateway', ExternalId }),
      );
    const denied = { name: 'AccessDenied', status: 403 };
    expect(await refusalOf(assume())).toMatchObject(denied);
    expect(await refusalOf(assume('another'))).toMatchObject(denied);
    expect((await assume('sandbox-external-id')).Credentials?.AccessKeyId).toMatch(/^ASIA[0-9A-F]{16}$/);
  });

  it('denies a role that refuses every caller', async () => {
    const { sts, control } = await startSandbox();
    const assume = (name: string) =>
      sts().send(new AssumeRoleCommand({ RoleArn: role(name), RoleSessionName: 'gateway' }));
    expect(await refusalOf(assume('SandboxAccessDenied'))).toMatchObject({
      name: 'AccessDenied',
      message: `User: arn:aws:iam::${ACCOUNT}:user/sandbox is not authorized to perform: sts:AssumeRole on resource: ${role('SandboxAccessDenied')}`,
    });
    await control.change('PUT', 'settings', { roles: { Gateway: { denied: true } } });
    expect(await refusalOf(assume('Gateway'))).toMatchObject({ name: 'AccessDenied' });
  });

  it.each([
    ['an ARN that is not a role', { RoleArn: `arn:aws:iam::${OTHER}:user/someone-else` }],
    ['a session name with a space', { RoleSessionName: 'two words' }],
    ['a session of a minute', { DurationSeconds: 60 }],
  ])('refuses %s', async (_, input) => {
    const { sts } = await startSandbox();
    const command = new AssumeRoleCommand({ RoleArn: role('R'), RoleSessionName: 'gateway', ...input });
    expect(await refusalOf(sts().send(command))).toMatchObject({ name: 'ValidationError', status: 400 });
  });
});
