import { CreateMembersCommand, ListDetectorsCommand, ListMembersCommand } from '@aws-sdk/client-guardduty';
import { DescribeHubCommand } from '@aws-sdk/client-securityhub';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { detectorOf, refusalOf, startSandbox } from './clients.js';

const wrongSecret = { accessKeyId: 'AKIASANDBOX111122223333', secretAccessKey: 'something else' };
const unknownKey = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'sandbox-secret' };
const strangersToken = {
  accessKeyId: 'AKIASANDBOX111122223333',
  secretAccessKey: 'sandbox-secret',
  sessionToken: 'x',
};

describe('the signature check', () => {
  it.each([
    ['a wrong secret', wrongSecret, 'InvalidSignatureException', 'SignatureDoesNotMatch'],
    ['an unknown access key', unknownKey, 'UnrecognizedClientException', 'InvalidClientTokenId'],
    [
      'a session token that does not belong to the key',
      strangersToken,
      'UnrecognizedClientException',
      'InvalidClientTokenId',
    ],
  ])('refuses %s by the name each service has for it', async (_, credentials, restName, queryName) => {
    const { guardDuty, securityHub, sts } = await startSandbox();
    const calls = [
      guardDuty({ credentials }).send(new ListDetectorsCommand({})),
      securityHub({ credentials }).send(new DescribeHubCommand({})),
      sts({ credentials }).send(new GetCallerIdentityCommand({})),
    ];
    const refusals = await Promise.all(calls.map(refusalOf));
    expect(refusals.map(({ name, status }) => [name, status])).toEqual([
      [restName, 403],
      [restName, 403],
      [queryName, 403],
    ]);
  });

  it.each([
    ['six minutes late', -6 * 60_000, /^Signature expired: /],
    ['six minutes early', 6 * 60_000, /^Signature not yet current: /],
  ])('refuses a signature made %s', async (_, systemClockOffset, message) => {
    const { guardDuty } = await startSandbox();
    expect(
      await refusalOf(guardDuty({ systemClockOffset }).send(new ListDetectorsCommand({}))),
    ).toMatchObject({
      name: 'InvalidSignatureException',
      message: expect.stringMatching(message),
    });
  });

  it.each([4 * 60_000, -4 * 60_000])('accepts a signature that is %i ms off', async (systemClockOffset) => {
    const { guardDuty } = await startSandbox();
    expect(await detectorOf(guardDuty({ systemClockOffset }))).toMatch(/^[0-9a-f]{32}$/);
  });

  it('lets the SDK correct its clock after the first refusal', async () => {
    const { guardDuty } = await startSandbox();
    const client = guardDuty({ systemClockOffset: -60 * 60_000, maxAttempts: 2 });
    expect(await detectorOf(client)).toMatch(/^[0-9a-f]{32}$/);
  });

  it('covers the body, the path and the query', async () => {
    const { guardDuty, sandbox } = await startSandbox();
    const client = guardDuty();
    const DetectorId = await detectorOf(client);
    const seen: { path: string; headers: Record<string, string>; body: string }[] = [];
    client.middlewareStack.add(
      (next) => async (args) => {
        seen.push(structuredClone(pick(args.request)));
        return next(args);
      },
      { step: 'deserialize', priority: 'low' },
    );
    await client.send(
      new CreateMembersCommand({
        DetectorId,
        AccountDetails: [{ AccountId: '222233334444', Email: 'a@example.com' }],
      }),
    );
    await client.send(new ListMembersCommand({ DetectorId, OnlyAssociated: 'false' }));
    const [creation, list] = seen;
    const post = async (path: string, headers: Record<string, string>, body: string) =>
      (await fetch(sandbox.url + path, { method: 'POST', headers, body })).status;
    const get = async (search: string) =>
      (await fetch(`${sandbox.url}${list!.path}?${search}`, { headers: list!.headers })).status;

    expect(await post(creation!.path, creation!.headers, creation!.body)).toBe(200);
    expect(await post(creation!.path, creation!.headers, creation!.body.replace('a@', 'b@'))).toBe(403);
    expect(await post(`${creation!.path}/delete`, creation!.headers, creation!.body)).toBe(403);
    expect(await get('onlyAssociated=false')).toBe(200);
    expect(await get('onlyAssociated=true')).toBe(403);
  });

  it.each([
    ['no signature at all', {}, 'MissingAuthenticationTokenException'],
    [
      'half a signature',
      { authorization: 'AWS4-HMAC-SHA256 Credential=AKIASANDBOX111122223333' },
      'IncompleteSignatureException',
    ],
  ])('refuses %s', async (_, headers, name) => {
    const { sandbox, control } = await startSandbox();
    const response = await fetch(`${sandbox.url}/detector`, { headers });
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([403, name]);
    expect(await control.calls()).toMatchObject([
      { account: null, operation: null, outcome: 'refused', errorType: name },
    ]);
  });
});

function pick(request: unknown) {
  const { path, headers, body } = request as {
    path: string;
    headers: Record<string, string>;
    body?: Uint8Array;
  };
  // fetch sets these two by itself, to the same values.
  const sent = Object.entries(headers).filter(([name]) => !['host', 'content-length'].includes(name));
  return { path, headers: Object.fromEntries(sent), body: Buffer.concat(body ? [body] : []).toString() };
}
