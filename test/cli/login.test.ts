import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
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

it('mgw login wants an issuer that it can reach', async () => {
  const results = await Promise.all([
    mgw.run(['login']),
    mgw.run(['login', '--issuer', 'http://login.example.com', '--client-id', 'mgw']),
    mgw.run(['login', '--issuer', 'http://127.0.0.1:1', '--client-id', 'mgw']),
  ]);
  expect(results.map(({ status }) => status)).toEqual([2, 2, 5]);
});
