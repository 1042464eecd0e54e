import { DescribeHubCommand, CreateMembersCommand, GetMembersCommand } from '@aws-sdk/client-securityhub';
import { ListDetectorsCommand } from '@aws-sdk/client-guardduty';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, accountIds, refusalOf, startSandbox } from './clients.js';

const create = (...ids: string[]) =>
  new CreateMembersCommand({ AccountDetails: ids.map((AccountId) => ({ AccountId })) });

describe('the log', () => {
  it('has every fact about a call', async () => {
    const { securityHub, control } = await startSandbox();
    const [a, b] = accountIds(2) as [string, string];
    await securityHub().send(create(a));
    const { $metadata } = await securityHub().send(create(a, b));
    const [, call] = await control.calls();
    expect(call).toEqual({
      sequence: 2,
      receivedAt: expect.any(Number),
      answeredAt: expect.any(Number),
      account: ACCOUNT,
      region: 'us-east-1',
      service: 'securityhub',
      operation: 'CreateMembers',
      accountIds: [a, b],
      httpStatus: 200,
      requestId: $metadata.requestId,
      outcome: 'applied',
      errorType: null,
      unprocessedAccountIds: [a],
      inFlightAtStart: 0,
    });
    expect(call!.answeredAt).toBeGreaterThanOrEqual(call!.receivedAt);
  });

  it('is filtered by service, region, operation, calling account, named account and sequence', async () => {
    const { securityHub, guardDuty, control } = await startSandbox();
    const [a, b] = accountIds(2) as [string, string];
    await guardDuty().send(new ListDetectorsCommand({}));
    await securityHub({ region: 'eu-west-1' }).send(new DescribeHubCommand({}));
    await securityHub({ account: '999988887777' }).send(create(a));
    await securityHub().send(create(b));
    const sequences = async (query: string) => (await control.calls(query)).map(({ sequence }) => sequence);
    expect(await sequences('service=guardduty')).toEqual([1]);
    expect(await sequences('region=eu-west-1')).toEqual([2]);
    expect(await sequences('operation=CreateMembers')).toEqual([3, 4]);
    expect(await sequences('account=999988887777')).toEqual([3]);
    expect(await sequences(`accountId=${b}`)).toEqual([4]);
    expect(await sequences('since=2')).toEqual([3, 4]);
    expect(await sequences('since=2&service=guardduty')).toEqual([]);
  });

  it('continues its numbering after a clear', async () => {
    const { securityHub, control } = await startSandbox();
    const ask = () => securityHub().send(new DescribeHubCommand({}));
    await ask();
    await control.change('DELETE', 'log');
    expect(await control.calls()).toEqual([]);
    await ask();
    expect((await control.calls('since=1')).map(({ sequence }) => sequence)).toEqual([2]);
  });

  it('counts the open calls of the same account, region and service', async () => {
    const { securityHub, control } = await startSandbox();
    await control.change('PUT', 'latency', { ms: 150 });
    const client = securityHub();
    const other = securityHub({ region: 'eu-west-1' });
    await Promise.all([client, client, client, other].map((one) => one.send(new DescribeHubCommand({}))));
    await client.send(new DescribeHubCommand({}));
    const counts = async (region: string) =>
      (await control.calls(`region=${region}`)).map(({ inFlightAtStart }) => inFlightAtStart);
    expect(await counts('us-east-1')).toEqual([0, 1, 2, 0]);
    expect(await counts('eu-west-1')).toEqual([0]);
  });

  it('shows an open call, and as dropped a call whose caller disconnected before the answer', async () => {
    const { securityHub, control } = await startSandbox();
    await control.change('PUT', 'latency', { ms: 300 });
    const [a] = accountIds(1) as [string];
    const abort = new AbortController();
    const call = securityHub().send(create(a), { abortSignal: abort.signal });
    while ((await control.calls()).length === 0) {}
    expect(await control.calls()).toMatchObject([{ outcome: null, answeredAt: null, httpStatus: null }]);
    abort.abort();
    await refusalOf(call);
    let seen = await control.calls();
    while (seen[0]?.outcome == null) {
      seen = await control.calls();
    }
    expect(seen).toMatchObject([{ outcome: 'dropped-after', accountIds: [a] }]);
    await control.change('PUT', 'latency', { ms: 0 });
    expect((await securityHub().send(new GetMembersCommand({ AccountIds: [a] }))).Members).toHaveLength(1);
  });
});

describe('the control API', () => {
  it('answers the health check', async () => {
    const { control } = await startSandbox();
    expect(await control.read('health')).toEqual({ status: 'ok' });
  });

  it('delays the selected calls', async () => {
    const { securityHub, guardDuty, control } = await startSandbox();
    await control.change('PUT', 'latency', {
      ms: 0,
      overrides: [{ service: 'securityhub', region: 'us-east-1', ms: 60, jitterMs: 20 }],
    });
    expect(await control.read('latency')).toEqual({
      ms: 0,
      jitterMs: 0,
      overrides: [{ service: 'securityhub', region: 'us-east-1', ms: 60, jitterMs: 20 }],
    });
    await securityHub().send(new DescribeHubCommand({}));
    await guardDuty().send(new ListDetectorsCommand({}));
    const [slow] = await control.calls();
    expect(slow!.answeredAt! - slow!.receivedAt).toBeGreaterThanOrEqual(59);
  });

  it('stores members as given and shows them', async () => {
    const { securityHub, control } = await startSandbox();
    const [a, b] = accountIds(2) as [string, string];
    const members = [
      {
        accountId: a,
        email: 'a@example.com',
        status: 'Enabled',
        invitedAt: '2026-01-01T00:00:00.000Z',
        updatedAt: '2026-01-02T00:00:00.000Z',
      },
      { accountId: b, status: 'Resigned' },
    ];
    const where = { account: ACCOUNT, region: 'us-east-1', service: 'securityhub' };
    await control.change('POST', 'members', { ...where, members });
    const shown = await control.read<{ members: object[] }>(
      `members?${new URLSearchParams(where).toString()}`,
    );
    expect(shown.members).toEqual([members[0], { ...members[1], updatedAt: expect.any(String) }]);
    const { Members } = await securityHub().send(new GetMembersCommand({ AccountIds: [a] }));
    expect(Members).toMatchObject([
      { MemberStatus: 'Enabled', InvitedAt: new Date('2026-01-01T00:00:00.000Z') },
    ]);
  });

  it('restores the start, without members', async () => {
    const { securityHub, control } = await startSandbox();
    const [a] = accountIds(1) as [string];
    await securityHub().send(create(a));
    await refusalOf(securityHub().send(create('444455900034')));
    await control.change('PUT', 'faults', [{ fault: 'internal-error' }]);
    await control.change('PUT', 'settings', {
      securityHubAboveLimit: 'unprocessed',
      regions: { 'us-east-1': 'off' },
    });
    await control.change('PUT', 'rates', { securityhub: { perSecond: 0.001, burst: 1 } });
    await control.change('POST', 'reset');
    expect(await control.calls()).toEqual([]);
    expect((await securityHub().send(new GetMembersCommand({ AccountIds: [a] }))).Members).toEqual([]);
    expect((await refusalOf(securityHub().send(create('444455900034')))).status).toBe(500);
    expect(await control.read('settings')).toMatchObject({ securityHubAboveLimit: 'refuse' });
    expect(await control.read('rates')).toEqual({ guardduty: null, securityhub: null });
  });

  it.each([
    ['PUT', 'faults', [{ fault: 'explode' }], /fault/],
    ['PUT', 'latency', { milliseconds: 3 }, /milliseconds/],
    ['PUT', 'rates', { guardduty: { perSecond: 0, burst: 1 } }, /perSecond/],
    [
      'POST',
      'members',
      { account: '1', region: 'us-east-1', service: 'guardduty', members: [] },
      /12 digits/,
    ],
    ['GET', 'log?colour=red', undefined, /colour/],
  ])('refuses %s %s with input it does not know, and says what', async (method, path, body, message) => {
    const { control } = await startSandbox();
    const response = await control.request(method, path, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.stringMatching(message) });
  });

  it('lists its paths in the answer to an unknown path', async () => {
    const { control } = await startSandbox();
    const response = await control.request('GET', 'logs');
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      error: expect.stringMatching(/^expected one of GET health, GET log, .* got GET \/_sandbox\/logs$/),
    });
  });
});

describe('the sandbox', () => {
  it('answers an unknown operation with an error', async () => {
    const { sandbox, guardDuty, control } = await startSandbox();
    const client = guardDuty();
    client.middlewareStack.add(
      (next) => async (args) => {
        (args.request as { path: string }).path = '/ipset';
        return next(args);
      },
      { step: 'build' },
    );
    expect(await refusalOf(client.send(new ListDetectorsCommand({})))).toMatchObject({
      name: 'UnknownOperationException',
      status: 404,
      message: 'The sandbox has no GET /ipset of guardduty.',
    });
    expect(await control.calls()).toMatchObject([{ operation: null, outcome: 'refused' }]);
    expect((await fetch(sandbox.url)).status).toBe(403);
  });
});
