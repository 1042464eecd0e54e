import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Administrator, SecurityService } from '../../src/membership.js';
import { whoAmI } from '../../src/upstream/identity.js';
import {
  administrator,
  keysOf,
  OWN_ACCOUNT,
  startSandboxFixture,
  type SandboxFixture,
} from './sandboxFixture.js';

let fixture: SandboxFixture;
beforeAll(async () => {
  fixture = await startSandboxFixture();
});
beforeEach(() => fixture.reset());
afterAll(() => fixture.stop());

const OTHER_ACCOUNT = '022222222222';
const roleOf = (name: string) => `arn:aws:iam::${OTHER_ACCOUNT}:role/teams/${name}`;
const NOTHING_SENT = { httpStatus: null, awsRequestId: null, attempts: 0 };

/** Creates a member as the administrator, and returns the calls that this took. */
async function createAs(as: Administrator, service: SecurityService = 'SECURITY_HUB') {
  const upstream = fixture.upstream({
    administrators: [as],
    requestTimeoutMs: 400,
    credentialsLimitMs: 500,
  });
  const answer = await upstream.changeMembers(
    { administrator: as.id, service, region: as.regions[0]! },
    {
      operation: 'CREATE_MEMBERS',
      accounts: [{ accountId: '000000000001', email: 'm1@example.com' }],
      detectorId: service === 'GUARDDUTY' ? 'd' : null,
      message: null,
      disableEmailNotification: null,
    },
  );
  const calls = (await fixture.calls()).map(({ operation, account }) => [operation, account]);
  return { answer, calls };
}

describe('an administrator with a role', () => {
  it('acts as the account of the role', async () => {
    const { answer, calls } = await createAs(administrator({ roleArn: roleOf('Gateway') }));
    expect(answer).toMatchObject({ kind: 'ANSWERED', unprocessed: [] });
    expect(calls).toEqual([
      ['AssumeRole', OWN_ACCOUNT],
      ['CreateMembers', OTHER_ACCOUNT],
    ]);
  });

  it('gives the external id that the role requires', async () => {
    const roleArn = roleOf('SandboxExternalId');
    const { answer } = await createAs(administrator({ roleArn, externalId: 'sandbox-external-id' }));
    expect(answer).toMatchObject({ kind: 'ANSWERED', unprocessed: [] });
  });

  it.each([
    ['SandboxExternalId', null],
    ['SandboxExternalId', 'wrong'],
    ['SandboxAccessDenied', null],
  ])('is refused by %s with the external id %s, and the role stays unnamed', async (name, externalId) => {
    const { answer, calls } = await createAs(administrator({ roleArn: roleOf(name), externalId }));
    expect(answer).toMatchObject({ kind: 'REFUSED', errorCode: 'AccessDenied', metadata: NOTHING_SENT });
    expect(answer).toHaveProperty('errorMessage', expect.stringMatching(/^No credentials: .*AssumeRole/));
    expect(JSON.stringify(answer)).not.toMatch(/arn:aws|teams|Sandbox(External|Access)|022222222222/);
    expect(calls).toEqual([['AssumeRole', OWN_ACCOUNT]]);
  });

  it('assumes the role once for all services and regions, also for calls that start together', async () => {
    const upstream = fixture.upstream({ administrators: [administrator({ roleArn: roleOf('Gateway') })] });
    const reads = (['eu-west-1', 'us-east-1'] as const).flatMap((region) => [
      upstream.findDetector({ administrator: 'security', service: 'GUARDDUTY', region }),
      upstream.getMembers({ administrator: 'security', service: 'SECURITY_HUB', region }, null, [
        '000000000001',
      ]),
    ]);
    expect((await Promise.all(reads)).map(({ kind }) => kind)).toEqual(['READ', 'READ', 'READ', 'READ']);
    const calls = await fixture.calls();
    expect(calls.map(({ operation }) => operation).sort()).toEqual([
      'AssumeRole',
      'GetMembers',
      'GetMembers',
      'ListDetectors',
      'ListDetectors',
    ]);
    expect(calls.find(({ operation }) => operation === 'AssumeRole')).toMatchObject({ region: 'eu-west-1' });
  });

  it('sends nothing if STS does not answer', async () => {
    await fixture.strike('sts', 'AssumeRole', 'internal-error');
    const { answer, calls } = await createAs(administrator({ roleArn: roleOf('Gateway') }));
    expect(answer).toMatchObject({ kind: 'UNANSWERED', neverSent: true, metadata: NOTHING_SENT });
    expect(new Set(calls.map(String))).toEqual(new Set([`AssumeRole,${OWN_ACCOUNT}`]));
  });
});

describe('two administrators', () => {
  it('stay separate in one region', async () => {
    const upstream = fixture.upstream({
      administrators: [administrator({ id: 'a' }), administrator({ id: 'b', roleArn: roleOf('Gateway') })],
    });
    for (const id of ['a', 'b', 'a']) {
      await upstream.findDetector({ administrator: id, service: 'GUARDDUTY', region: 'eu-west-1' });
    }
    const calls = (await fixture.calls()).filter(({ operation }) => operation === 'ListDetectors');
    expect(calls.map(({ account }) => account)).toEqual([OWN_ACCOUNT, OTHER_ACCOUNT, OWN_ACCOUNT]);
  });
});

it('is refused if the keys are unknown', async () => {
  const upstream = fixture.upstream({
    administrators: [administrator()],
    credentials: { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' },
  });
  const target = { administrator: 'security', service: 'GUARDDUTY', region: 'eu-west-1' } as const;
  expect(await upstream.findDetector(target)).toMatchObject({
    kind: 'REFUSED',
    errorCode: 'UnrecognizedClientException',
    metadata: { httpStatus: 403, attempts: 1 },
  });
});

describe('the identity of the gateway', () => {
  it("is answered with the account of the process's credentials, leading zero and all", async () => {
    const who = { regions: ['eu-west-1'], endpoint: fixture.url, credentials: keysOf(OWN_ACCOUNT) };
    expect(await whoAmI(who)).toBe(OWN_ACCOUNT);
    expect(await fixture.calls()).toMatchObject([{ operation: 'GetCallerIdentity', region: 'eu-west-1' }]);
  });

  it('reports wrong keys as a wrong configuration', async () => {
    const credentials = { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' };
    await expect(
      whoAmI({ regions: ['eu-west-1'], endpoint: fixture.url, credentials }),
    ).rejects.toMatchObject({
      code: 'BAD_CONFIGURATION',
      message:
        "Expected STS GetCallerIdentity in eu-west-1 to name the AWS account of the gateway's credentials; got InvalidClientTokenId: The security token included in the request is invalid.",
    });
  });

  it('reports AWS as unreachable if STS does not answer', async () => {
    const who = {
      regions: ['eu-west-1'],
      endpoint: fixture.url,
      credentials: keysOf(OWN_ACCOUNT),
      requestTimeoutMs: 100,
      credentialsLimitMs: 500,
    };
    await fixture.strike('sts', 'GetCallerIdentity', 'hang-before');
    await expect(whoAmI(who)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
