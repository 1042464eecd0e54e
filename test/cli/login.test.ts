import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { startIssuer, type TestIssuer } from '../support/oidcIssuer.js';
import { createMgwRunner, type MgwRunner } from './mgwProcess.js';

/** Answers of the token endpoint, in their order; the last one stays. */
let answers: { status: number; body: object }[] = [];
const bodies: URLSearchParams[] = [];

const issuer = createServer((request, response) => {
  void (async () => {
    const url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
    const body = new URLSearchParams(await text(request));
    const device = {
      device_code: 'd',
      user_code: 'ABCD-EFGH',
      verification_uri: `${url}/sign-in`,
      expires_in: 60,
      interval: 0.05,
    };
    const endpoints = {
      issuer: url,
      device_authorization_endpoint: `${url}/device`,
      token_endpoint: `${url}/token`,
    };
    const documents: Record<string, object> = {
      '/device': device,
      '/.well-known/openid-configuration': endpoints,
    };
    const document = documents[request.url ?? ''];
    const token = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 500, body: {} };
    const answer = document === undefined ? token : { status: 200, body: document };
    bodies.push(body);
    response
      .writeHead(answer.status, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer.body));
  })();
});

let mgw: MgwRunner;
let url: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
  mgw = await createMgwRunner({ MGW_URL: 'https://gateway.example.com/graphql' });
});
afterAll(async () => {
  issuer.close();
  await mgw[Symbol.asyncDispose]();
});

it('mgw login waits until a person has signed in, and keeps the token in the profile', async () => {
  answers = [
    { status: 400, body: { error: 'authorization_pending' } },
    { status: 200, body: { access_token: 'signed.in', token_type: 'Bearer', expires_in: 300 } },
  ];
  const flags = ['--issuer', url, '--client-id', 'mgw', '--audience', 'gateway', '--profile', 'people'];
  const { status, stdout, stderr } = await mgw.run(['login', ...flags]);
  expect({ status, stdout, stderr }).toMatchObject({
    status: 0,
    stdout: '',
    stderr: expect.stringContaining('the code ABCD-EFGH'),
  });
  const file = path.join(mgw.folder, 'settings', 'profiles.json');
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
    people: {
      url: 'https://gateway.example.com',
      token: 'signed.in',
      expiresAt: expect.any(String),
      login: { issuer: url, clientId: 'mgw', scope: 'openid', audience: 'gateway' },
    },
  });
  expect(bodies.map((body) => body.get('audience'))).toContain('gateway');
  answers = [{ status: 400, body: { error: 'access_denied', error_description: 'the person said no' } }];
  expect(await mgw.run(['login', '--profile', 'people'])).toMatchObject({
    status: 4,
    stderr: expect.stringContaining('the person said no'),
  });
});

describe('a profile with a refresh token', () => {
  let keys: TestIssuer;
  let gateway: TestGateway;
  const file = () => path.join(mgw.folder, 'settings', 'profiles.json');
  const login = () => [
    'login',
    '--url',
    gateway.url,
    '--issuer',
    url,
    '--client-id',
    'mgw',
    '--profile',
    'long',
  ];
  const use = () => mgw.run(['account', '111122223333', '--profile', 'long']);
  /** What the issuer gives: a token that the gateway takes, and the next refresh token. */
  const grant = async (refreshToken: string, seconds: number) => ({
    status: 200,
    body: {
      access_token: await keys.sign(),
      token_type: 'Bearer',
      expires_in: seconds,
      refresh_token: refreshToken,
    },
  });

  beforeAll(async () => {
    keys = await startIssuer();
    gateway = await startGateway({
      environment: { AUTH_MODE: 'oidc', OIDC_ISSUER: keys.url, OIDC_AUDIENCE: 'gateway' },
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await keys.stop();
  });

  it('gets the next token when the first is about to end, once for all that need it', async () => {
    answers = [await grant('first', 30)];
    expect(await mgw.run(login())).toMatchObject({ status: 0 });
    answers = [await grant('second', 300)];
    bodies.length = 0;
    expect(await use()).toMatchObject({ status: 0 });
    expect(await use()).toMatchObject({ status: 0 });
    const renewals = bodies.filter((body) => body.get('grant_type') === 'refresh_token');
    expect(renewals.map((body) => body.get('refresh_token'))).toEqual(['first']);
    expect(JSON.parse(await readFile(file(), 'utf8'))).toMatchObject({
      long: { url: gateway.url, refreshToken: 'second', expiresAt: expect.stringMatching(/^20.*Z$/) },
    });
    expect((await stat(file())).mode & 0o777).toBe(0o600);
  });

  it('ends with status 4 and what to do if the issuer refuses', async () => {
    answers = [await grant('first', 30)];
    await mgw.run(login());
    answers = [{ status: 400, body: { error: 'invalid_grant', error_description: 'it was revoked' } }];
    expect(await use()).toMatchObject({
      status: 4,
      stdout: '',
      stderr: `mgw: ${url} refused: it was revoked\nmgw: sign in again: mgw login --profile long\n`,
    });
  });
});

it('mgw login wants an issuer that it can reach', async () => {
  const results = await Promise.all([
    mgw.run(['login']),
    mgw.run(['login', '--issuer', 'http://login.example.com', '--client-id', 'mgw']),
    mgw.run(['login', '--issuer', 'http://127.0.0.1:1', '--client-id', 'mgw']),
  ]);
  expect(results.map(({ status }) => status)).toEqual([2, 2, 5]);
});
