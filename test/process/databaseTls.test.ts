import { createHash, createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { migrateDatabase } from '../../src/app/database.js';
import { withSignIn } from '../../src/app/databaseSignIn.js';
import { addressOf } from '../../src/config/databaseAddress.js';
import { loadDatabaseConfig } from '../../src/config/loadConfig.js';
import { createLog } from '../../src/log.js';
import { openDatabase } from '../../src/store/connection/client.js';
import { trySession } from '../../src/store/connection/sessionCheck.js';
import { CreateMembersDocument } from '../generated/graphql.js';
import { createTestDatabase, onServer, type TestDatabase } from '../support/database.js';
import { accounts, execute } from '../support/gateway.js';
import { spawnGateway } from '../support/gatewayProcess.js';
import { startConnectProxy } from '../support/connectProxy.js';
import { CA_FILE as CA_PATH, startInterception } from '../support/interception.js';
import { startSandbox } from '../support/sandboxControl.js';
import { startTlsPostgres, type TlsPostgres } from '../support/tlsPostgres.js';
import { httpAnswer, startRawServer } from '../upstream/rawServer.js';

/** As they stand in an address: the folder may have a space. */
const CA_FILE = encodeURIComponent(CA_PATH);
const OTHER_CA = encodeURIComponent(path.join(import.meta.dirname, '../support/certificates/server.pem'));
const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'a secret' };

let database: TestDatabase;
let server: TlsPostgres;

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await database.drop();
});

const urlOf = (parameters: string, host = 'localhost', user = 'gateway:word') =>
  `postgresql://${user}@${host}:${server.port}/record?${parameters}`;
/** The fault of opening this address. */
const faultOf = async (url: string) =>
  trySession(addressOf(url)).then(
    () => expect.fail('it was opened'),
    (error: unknown) => error,
  );

describe('TLS to PostgreSQL', () => {
  beforeEach(async () => {
    server = await startTlsPostgres(database.url);
  });

  it('is made with sslrootcert, and without a check only by no-verify', async () => {
    for (const parameters of [
      `sslmode=verify-full&sslrootcert=${CA_FILE}`,
      `sslmode=require&sslrootcert=${CA_FILE}`,
      'sslmode=no-verify',
    ]) {
      expect(await trySession(addressOf(urlOf(parameters)))).toMatchObject({ keepsSession: true });
    }
    const anyName = urlOf(`sslmode=verify-ca&sslrootcert=${CA_FILE}`, '127.1');
    expect(await trySession(addressOf(anyName))).toMatchObject({ keepsSession: true });
  });

  it.each([
    ['sslmode=require', 'localhost', /; name a file with its authority: sslrootcert=/],
    [
      `sslmode=verify-full&sslrootcert=${OTHER_CA}`,
      'localhost',
      /; the authority is not in [^:\n]+server\.pem: correct/,
    ],
    [`sslmode=verify-full&sslrootcert=${CA_FILE}`, '127.1', /; use a host name of the certificate/],
  ])('refuses %s at %s in one line', async (parameters, host, remedy) => {
    const fault = await faultOf(urlOf(parameters, host));
    expect(fault).toMatchObject({ code: 'BAD_CONFIGURATION' });
    expect((fault as Error).message).toMatch(remedy);
    expect((fault as Error).message).toMatch(/^DATABASE_URL: cannot use the database at [^\n]+$/);
    expect(server.signIns).toEqual([]);
  });

  it('says in one line that a server offers none', async () => {
    expect(await faultOf(`${database.url}?sslmode=verify-full`)).toMatchObject({
      message: expect.stringMatching(
        /does not support SSL connections; turn TLS on at the server/,
      ) as unknown,
    });
  });

  it('carries cancellations too', async () => {
    const { prisma, cancellable, close } = openDatabase(
      addressOf(urlOf(`sslmode=verify-full&sslrootcert=${CA_FILE}`)),
    );
    await prisma.$queryRaw`SELECT 1`;
    const asked = cancellable(AbortSignal.timeout(300), () => prisma.$queryRaw`SELECT pg_sleep(20)::text`);
    await expect(asked).rejects.toMatchObject({ code: 'TIMED_OUT' });
    await close();
  });
});

describe('sign-in with IAM', () => {
  it('loads the signer when it is needed', async () => {
    server = await startTlsPostgres(database.url, isToken);
    const isLoaded = () =>
      Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('rds-signer'));
    await import('../../src/upstream/rdsToken.js');
    expect(isLoaded()).toBe(false);
    await import('@aws-sdk/rds-signer');
    expect(isLoaded()).toBe(true);
  });

  it('signs a token for each connection, which Amazon RDS would accept', async () => {
    server = await startTlsPostgres(database.url, isToken);
    const sandbox = await startSandbox();
    const gateway = await spawnGateway({
      ...KEYS,
      AWS_REGION: 'eu-west-1',
      DATABASE_SIGN_IN: 'rds-iam',
      DATABASE_URL: urlOf(`sslmode=verify-full&sslrootcert=${CA_FILE}`, 'localhost', 'gateway'),
      UPSTREAM: 'sandbox',
      AWS_ENDPOINT_URL: sandbox.url,
    });
    try {
      const { createMembers } = await execute(gateway.url, CreateMembersDocument, {
        input: { accounts: accounts(60), waitSeconds: 20 },
      });
      expect(createMembers?.request?.status).toBe('SUCCEEDED');
      expect(server.signIns.length).toBeGreaterThan(5);
    } finally {
      await gateway.kill('SIGTERM');
      await sandbox.stop();
      await onServer(database.url, (client) =>
        client.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'over TLS'`,
        ),
      );
    }
  });
});

describe('sign-in with IAM, in this process', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sign-in-'));
    // No credentials of the machine that runs the tests.
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', path.join(folder, 'credentials'));
    vi.stubEnv('AWS_CONFIG_FILE', path.join(folder, 'config'));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });

  /** The addresses as a command reads them, signed in. */
  const signedIn = (hosts: string, environment: Record<string, string> = {}) => {
    const { database: addresses, signInNetwork } = loadDatabaseConfig({
      AWS_REGION: 'eu-west-1',
      DATABASE_SIGN_IN: 'rds-iam',
      DATABASE_URL: `postgresql://gateway@${hosts}/record?sslmode=verify-full&sslrootcert=${CA_FILE}`,
      ...environment,
    });
    return withSignIn(addresses ?? expect.unreachable(), signInNetwork);
  };

  it('gives each of several hosts a token of its own', async () => {
    for (const [name, value] of Object.entries(KEYS)) {
      vi.stubEnv(name, value);
    }
    const isFor = (port: number, password: string) => URL.parse(`https://${password}`)?.port === String(port);
    const servers = [1, 2].map(async () => {
      const started: TlsPostgres = await startTlsPostgres(
        database.url,
        (user, password) => isToken(user, password) && isFor(started.port, password),
      );
      return started;
    });
    const [first, second] = (await Promise.all(servers)) as [TlsPostgres, TlsPostgres];
    await using other = second;
    server = first;
    const { record } = signedIn(`localhost:1,localhost:${first.port},localhost:${other.port}`);
    expect(await trySession(record)).toMatchObject({ keepsSession: true });
    expect(first.signIns.length + other.signIns.length).toBeGreaterThanOrEqual(4);
    for (const { port, signIns } of [first, other]) {
      expect(signIns.length).toBeGreaterThan(0);
      expect(signIns.filter(({ password }) => !isFor(port, password))).toEqual([]);
    }
  });

  it('asks STS through the proxy and with the authorities of the shell', async () => {
    const session = `<Credentials><AccessKeyId>${KEYS.AWS_ACCESS_KEY_ID}</AccessKeyId><SecretAccessKey>${KEYS.AWS_SECRET_ACCESS_KEY}</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>`;
    const xml = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>${session}</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;
    await using sts = await startRawServer((socket) =>
      socket.write(httpAnswer(200, xml, { 'content-type': 'text/xml', 'x-amzn-requestid': 'sts-1' })),
    );
    await using interception = await startInterception(sts.endpoint);
    await using proxy = await startConnectProxy(interception.port);
    for (const name of Object.keys(KEYS)) {
      vi.stubEnv(name, undefined);
    }
    await writeFile(path.join(folder, 'token'), 'a.b.c');
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', path.join(folder, 'token'));
    vi.stubEnv('AWS_ROLE_ARN', 'arn:aws:iam::111122223333:role/Database');
    server = await startTlsPostgres(database.url, isToken);
    const addresses = signedIn(`localhost:${server.port}`, {
      HTTPS_PROXY: proxy.url(),
      AWS_CA_BUNDLE: CA_PATH,
    });
    const { applied } = await migrateDatabase(addresses, 'prisma/migrations', { log: createLog('fatal') });
    expect(applied).toEqual([]);
    expect(new Set(proxy.requests.map(({ address }) => address))).toEqual(
      new Set(['sts.eu-west-1.amazonaws.com:443']),
    );
  });
});

/** Whether a password is a token of these keys, as RDS checks it: a presigned GET of rds-db, signature version 4. */
function isToken(user: string, password: string): boolean {
  const url = URL.parse(`https://${password}`);
  const parameter = (name: string): string => url?.searchParams.get(name) ?? '';
  const [key, ...scope] = parameter('X-Amz-Credential').split('/');
  return (
    url !== null &&
    parameter('Action') === 'connect' &&
    parameter('DBUser') === user &&
    key === KEYS.AWS_ACCESS_KEY_ID &&
    scope.slice(1).join('/') === 'eu-west-1/rds-db/aws4_request' &&
    parameter('X-Amz-Signature') === signatureOf(url, scope)
  );
}

function signatureOf(url: URL, scope: string[]): string {
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort();
  const request = `GET\n/\n${query.join('&')}\nhost:${url.host}\n\nhost\n${sha256('')}`;
  const date = url.searchParams.get('X-Amz-Date') ?? '';
  const key = scope.reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${KEYS.AWS_SECRET_ACCESS_KEY}`,
  );
  const text = `AWS4-HMAC-SHA256\n${date}\n${scope.join('/')}\n${sha256(request)}`;
  return createHmac('sha256', key).update(text).digest('hex');
}
