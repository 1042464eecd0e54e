import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallAnswer, Upstream } from '../../src/ports/upstream.js';
import { checkAccounts } from '../../src/upstream/identity.js';
import { startConnectProxy } from '../support/connectProxy.js';
import { startCredentialEndpoint } from '../support/credentialEndpoint.js';
import { CA, startInterception } from '../support/interception.js';
import {
  administrator,
  keysOf,
  OWN_ACCOUNT,
  startSandboxFixture,
  type SandboxFixture,
} from './sandboxFixture.js';

let fixture: SandboxFixture;
let folder: string;
beforeAll(async () => {
  fixture = await startSandboxFixture();
  folder = await mkdtemp(path.join(tmpdir(), 'environments-'));
});
beforeEach(async () => {
  await fixture.reset();
  // No credentials of the machine that runs the tests.
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', path.join(folder, 'credentials'));
  vi.stubEnv('AWS_CONFIG_FILE', path.join(folder, 'config'));
  for (const name of ['AWS_REGION', 'AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) {
    vi.stubEnv(name, undefined);
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});
afterAll(async () => {
  await fixture.stop();
  await rm(folder, { recursive: true });
});

const OTHER_ACCOUNT = '022222222222';
const ROLE = `arn:aws:iam::${OTHER_ACCOUNT}:role/Gateway`;

const create = (upstream: Upstream, id = 'security', region = 'eu-west-1'): Promise<CallAnswer> =>
  upstream.changeMembers(
    { administrator: id, service: 'SECURITY_HUB', region },
    {
      operation: 'CREATE_MEMBERS',
      accounts: [{ accountId: '000000000001', email: 'm1@example.com' }],
      detectorId: null,
      message: null,
      disableEmailNotification: null,
    },
  );
const operations = async () => (await fixture.calls()).map(({ operation, region }) => [operation, region]);

describe('a clock that is wrong', () => {
  it.each([-10, 10])('by %i minutes costs each client one refused attempt', async (minutes) => {
    const elsewhere = await startSandboxFixture({ now: () => Date.now() + minutes * 60_000 });
    const upstream = elsewhere.upstream({ administrators: [administrator({ roleArn: ROLE })] });
    expect(await create(upstream)).toMatchObject({ kind: 'ANSWERED', metadata: { attempts: 2 } });
    expect(await create(upstream)).toMatchObject({ kind: 'ANSWERED', metadata: { attempts: 1 } });
    await elsewhere.stop();
  });
});

describe('STS that is off in a region', () => {
  const regions = ['ap-east-1', 'eu-west-1', 'us-east-1'];

  it('is asked in the other regions, and the session serves all', async () => {
    await fixture.control('PUT', 'faults', [
      { match: { service: 'sts', region: 'ap-east-1' }, fault: 'region-disabled' },
    ]);
    await fixture.control('PUT', 'settings', { regions: { 'ap-east-1': 'on' } });
    const upstream = fixture.upstream({ administrators: [administrator({ roleArn: ROLE, regions })] });
    for (const region of regions) {
      expect(await create(upstream, 'security', region)).toMatchObject({ kind: 'ANSWERED' });
    }
    expect(await operations()).toEqual([
      ['AssumeRole', 'ap-east-1'],
      ['AssumeRole', 'eu-west-1'],
      ...regions.map((region) => ['CreateMembers', region]),
    ]);
  });

  it.each(['off', 'denied'])('leaves the other regions alone when the whole region is %s', async (state) => {
    await fixture.control('PUT', 'settings', { regions: { 'ap-east-1': state } });
    const upstream = fixture.upstream({ administrators: [administrator({ roleArn: ROLE, regions })] });
    expect(await create(upstream, 'security', 'ap-east-1')).toMatchObject({ kind: 'REFUSED' });
    expect(await create(upstream, 'security', 'eu-west-1')).toMatchObject({ kind: 'ANSWERED' });
  });

  it('is told region by region when no region answers', async () => {
    await fixture.control('PUT', 'faults', [
      { match: { service: 'sts', region: 'ap-east-1' }, fault: 'region-disabled' },
      { match: { service: 'sts' }, fault: 'access-denied' },
    ]);
    const upstream = fixture.upstream({
      administrators: [administrator({ roleArn: ROLE, regions: regions.slice(0, 2) })],
    });
    expect(await create(upstream, 'security', 'ap-east-1')).toMatchObject({
      kind: 'REFUSED',
      errorCode: 'AccessDenied',
      errorMessage: expect.stringMatching(
        /^No credentials: ap-east-1: STS is not activated in this region .*; eu-west-1: User: arn:\*\*\* is not authorized/,
      ) as string,
    });
  });
});

describe('credentials from elsewhere', () => {
  it('are waited for when the endpoint of the container answers 503', async () => {
    await using endpoint = await startCredentialEndpoint(OWN_ACCOUNT, (request) => request <= 4);
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', endpoint.url);
    const upstream = fixture.upstream({ administrators: [administrator()], credentials: null });
    expect(await create(upstream)).toMatchObject({ kind: 'ANSWERED', metadata: { attempts: 1 } });
    expect(endpoint.requests()).toBe(5);
  }, 30_000);

  it('leave the call unsent when there are none', async () => {
    const options = { administrators: [administrator()], credentials: null, credentialsLimitMs: 100 };
    expect(await create(fixture.upstream(options))).toMatchObject({
      kind: 'UNANSWERED',
      neverSent: true,
      errorCode: 'CredentialsProviderError',
      errorMessage: expect.stringMatching(
        /^No credentials: Could not load credentials from any providers; Unable to find environment variable credentials/,
      ) as string,
    });
  });

  it('are read again from their file when AWS does not know the old ones, once a minute', async () => {
    const write = (keyId: string) =>
      writeFile(
        path.join(folder, 'credentials'),
        `[default]\naws_access_key_id=${keyId}\naws_secret_access_key=sandbox-secret\n`,
      );
    await write('AKIANOBODY');
    const upstream = fixture.upstream({ administrators: [administrator()], credentials: null });
    expect(await create(upstream)).toMatchObject({ kind: 'REFUSED' });
    await write(`AKIASANDBOX${OWN_ACCOUNT}`);
    expect(await create(upstream)).toMatchObject({ kind: 'REFUSED' });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    expect(await create(upstream)).toMatchObject({ kind: 'ANSWERED' });
    await rm(path.join(folder, 'credentials'));
  });

  it('come from the profile of each administrator that names one', async () => {
    const keys = ([name, account]: readonly string[]) =>
      `[${name}]\naws_access_key_id=AKIASANDBOX${account}\naws_secret_access_key=sandbox-secret\n`;
    const profiles = [['default', OWN_ACCOUNT] as const, ['china', OTHER_ACCOUNT] as const];
    await writeFile(path.join(folder, 'credentials'), profiles.map(keys).join('\n'));
    const china = { accountId: OTHER_ACCOUNT, regions: ['cn-north-1'] };
    const upstream = fixture.upstream({
      administrators: [
        administrator(),
        administrator({ id: 'china', ...china, profile: 'china' }),
        administrator({ id: 'missing', ...china, profile: 'nowhere' }),
      ],
      credentials: null,
      checkAccounts: true,
      credentialsLimitMs: 1_500,
    });
    expect(await create(upstream)).toMatchObject({ kind: 'ANSWERED' });
    expect(await create(upstream, 'china', 'cn-north-1')).toMatchObject({ kind: 'ANSWERED' });
    expect(await create(upstream, 'missing', 'cn-north-1')).toMatchObject({
      neverSent: true,
      errorMessage: expect.stringContaining('nowhere') as string,
    });
    const calls = await fixture.calls();
    expect(calls.map(({ operation, account }) => [operation, account])).toEqual(
      profiles.flatMap(([, account]) => [
        ['GetCallerIdentity', account],
        ['CreateMembers', account],
      ]),
    );
    await rm(path.join(folder, 'credentials'));
  });

  it('come from STS in the first configured region when web identity finds no AWS_REGION', async () => {
    await using interception = await startInterception(fixture.url);
    await using proxy = await startConnectProxy(interception.port, () => 403);
    const token = path.join(folder, 'token');
    await writeFile(token, 'a.b.c');
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', token);
    vi.stubEnv('AWS_ROLE_ARN', ROLE);
    const upstream = fixture.upstream({
      administrators: [administrator({ regions: ['eu-west-1', 'us-east-1'] })],
      credentials: null,
      endpoint: null,
      network: {
        proxies: { HTTPS_PROXY: proxy.url(), HTTP_PROXY: undefined, NO_PROXY: undefined },
        caBundle: CA,
        region: null,
      },
      credentialsLimitMs: 5_000,
    });
    expect(await create(upstream)).toMatchObject({ kind: 'UNANSWERED', neverSent: true });
    const asked = [...new Set(proxy.requests.map(({ address }) => address))];
    expect(asked).toEqual(['sts.eu-west-1.amazonaws.com:443', 'sts.us-east-1.amazonaws.com:443']);
  });
});

describe('the account of an administrator', () => {
  const options = () => ({
    endpoint: fixture.url,
    credentials: keysOf(OWN_ACCOUNT),
    credentialsLimitMs: 300,
  });

  it('is a fault when STS names another one', async () => {
    const administrators = [
      administrator({ id: 'right' }),
      administrator({ id: 'right-by-role', accountId: OTHER_ACCOUNT, roleArn: ROLE }),
      administrator({ id: 'wrong', accountId: OTHER_ACCOUNT }),
    ];
    expect(await checkAccounts(administrators, { ...options(), credentialsLimitMs: 5_000 })).toEqual({
      unknown: [],
      faults: new Map([
        [
          'wrong',
          `expected credentials of the account ${OTHER_ACCOUNT}; got those of ${OWN_ACCOUNT}, as STS names it; give it a roleArn or a profile of its account`,
        ],
      ]),
    });
  });

  it('is unknown while STS does not answer, and nothing is sent until it does', async () => {
    await fixture.strike('sts', 'GetCallerIdentity', 'internal-error');
    const administrators = [administrator()];
    expect(await checkAccounts(administrators, options())).toMatchObject({
      faults: new Map(),
      unknown: [expect.stringContaining('administrator security: No credentials: Internal server error')],
    });
    const upstream = fixture.upstream({ administrators, checkAccounts: true, credentialsLimitMs: 300 });
    expect(await create(upstream)).toMatchObject({ kind: 'UNANSWERED', neverSent: true });
    await fixture.control('PUT', 'faults', []);
    expect(await create(upstream)).toMatchObject({ kind: 'ANSWERED' });
  });

  it('of credentials that are another account is never acted as', async () => {
    const administrators = [administrator({ accountId: OTHER_ACCOUNT })];
    const upstream = fixture.upstream({ administrators, checkAccounts: true });
    expect(await create(upstream)).toMatchObject({
      kind: 'REFUSED',
      errorCode: 'WrongAccount',
      metadata: { attempts: 0 },
    });
    expect(await operations()).toEqual([['GetCallerIdentity', 'eu-west-1']]);
  });
});
