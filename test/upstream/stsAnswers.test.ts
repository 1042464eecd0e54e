import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Administrator } from '../../src/membership.js';
import { verdictOf } from '../../src/services/answers/refusals.js';
import { httpAnswer, startRawServer, type RawReply } from './rawServer.js';
import { sendOn, sendTo, upstreamTo } from './sendTo.js';

const ROLE = 'arn:aws:iam::111122223333:role/Gateway';
const ADMINISTRATOR: Administrator = {
  id: 'security',
  accountId: '111122223333',
  roleArn: null,
  externalId: null,
  profile: null,
  services: ['GUARDDUTY', 'SECURITY_HUB'],
  regions: ['eu-west-1'],
  detectorIds: {},
};
const XML = { 'content-type': 'text/xml', 'x-amzn-requestid': 'sts-1' };
const HTML = { 'content-type': 'text/html' };
const PAGE = '<html><head><title>Sign in</title></head><body><p>Accept the terms & go on<br></body></html>';

const bytes =
  (...answer: Parameters<typeof httpAnswer>): RawReply =>
  (socket) =>
    socket.write(httpAnswer(...answer));
const stsRefusal = (code: string, message: string): RawReply =>
  bytes(
    403,
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    XML,
  );

/** The answer to a call whose role STS is asked for, and the requests that STS got. */
async function withRole(reply: RawReply) {
  await using server = await startRawServer(reply);
  const answer = await sendTo(server.endpoint, 'SECURITY_HUB', 'CREATE_MEMBERS', {
    administrators: [{ ...ADMINISTRATOR, roleArn: ROLE }],
    credentialsLimitMs: 300,
  });
  const isChange = (request: string) => !request.includes('Action=AssumeRole');
  expect(server.requests.filter(isChange)).toEqual([]);
  return answer;
}

describe('a captive portal in place of STS leaves the call unsent', () => {
  it.each<[string, RawReply]>([
    ['with a page', bytes(200, PAGE, HTML)],
    ['with a redirection', bytes(302, '', { location: 'http://portal.example.com/' })],
    ['with a refusal in a page', bytes(403, PAGE, HTML)],
    ['with its own status', bytes(511, PAGE, HTML)],
    ['with a gateway time-out', bytes(504, PAGE, HTML)],
    ['with an empty 200', bytes(200, '')],
  ])('%s', async (_name, reply) => {
    const answer = await withRole(reply);
    expect(answer).toMatchObject({
      kind: 'UNANSWERED',
      neverSent: true,
      errorMessage: expect.stringMatching(/^No credentials: ./) as string,
    });
    expect(answer.kind === 'UNANSWERED' && verdictOf(answer).retry).toBe(true);
  });
});

describe('a service control policy', () => {
  const words = (action: string) =>
    `User: ${ROLE.replace(':iam:', ':sts:').replace(':role', ':assumed-role')}/membership-gateway is not authorized to perform: ${action} on resource: * with an explicit deny in a service control policy`;

  it.each([
    ['GUARDDUTY', 'guardduty:CreateMembers'],
    ['SECURITY_HUB', 'securityhub:CreateMembers'],
  ] as const)('that forbids a change at %s is final, in the words of AWS', async (service, action) => {
    const body = JSON.stringify({ message: words(action), Message: words(action) });
    const headers = { 'x-amzn-requestid': 'req-1', 'x-amzn-errortype': 'AccessDeniedException' };
    await using server = await startRawServer(bytes(403, body, headers));
    const answer = await sendTo(server.endpoint, service);
    expect(answer).toMatchObject({ kind: 'REFUSED', errorCode: 'AccessDeniedException' });
    expect(answer.kind === 'REFUSED' && verdictOf(answer, 'CREATE_MEMBERS')).toMatchObject({
      reasonCode: 'ACCESS_DENIED',
      retry: false,
      reason: expect.stringMatching(/with an explicit deny in a service control policy$/) as string,
    });
  });

  it('that forbids the role is final, and nothing is sent', async () => {
    const answer = await withRole(stsRefusal('AccessDenied', words('sts:AssumeRole')));
    expect(answer).toMatchObject({ kind: 'REFUSED', errorCode: 'AccessDenied', metadata: { attempts: 0 } });
    expect(answer.kind === 'REFUSED' && verdictOf(answer)).toMatchObject({
      reasonCode: 'ACCESS_DENIED',
      retry: false,
      reason: expect.stringMatching(/with an explicit deny in a service control policy$/) as string,
    });
  });
});

describe('the token file of web identity', () => {
  let folder: string;
  const write = (token: string) => writeFile(path.join(folder, 'token'), token);
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'web-identity-'));
  });
  beforeEach(() => {
    // No credentials of the machine that runs the tests.
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', path.join(folder, 'credentials'));
    vi.stubEnv('AWS_CONFIG_FILE', path.join(folder, 'config'));
    for (const name of ['AWS_REGION', 'AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) {
      vi.stubEnv(name, undefined);
    }
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', path.join(folder, 'token'));
    vi.stubEnv('AWS_ROLE_ARN', ROLE);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.useRealTimers();
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** STS, which takes every token but `old`, and a service that takes the sessions of the token in the file now. */
  function service(isCurrent: (token: string) => boolean): RawReply {
    return (socket, request) => {
      const token = /WebIdentityToken=(\w+)/.exec(request)?.[1];
      if (token === 'old') {
        stsRefusal('ExpiredTokenException', 'Token expired')(socket, request);
      } else if (token !== undefined) {
        const session = `<Credentials><AccessKeyId>ASIA${token}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>`;
        const result = `<AssumeRoleWithWebIdentityResult>${session}</AssumeRoleWithWebIdentityResult>`;
        const xml = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${result}</AssumeRoleWithWebIdentityResponse>`;
        bytes(200, xml, XML)(socket, request);
      } else {
        const isKnown = isCurrent(/Credential=ASIA(\w+)/.exec(request)?.[1] ?? '');
        const answer: Parameters<typeof httpAnswer> = isKnown
          ? [200, '{"UnprocessedAccounts":[]}', { 'x-amzn-requestid': 'req-1' }]
          : [403, '{}', { 'x-amzn-requestid': 'req-1', 'x-amzn-errortype': 'UnrecognizedClientException' }];
        bytes(...answer)(socket, request);
      }
    };
  }

  it('is read again when the token has expired, and again when AWS does not take its session', async () => {
    let current = 'first';
    await using server = await startRawServer(service((token) => token === current));
    vi.stubEnv('AWS_ENDPOINT_URL_STS', server.endpoint);
    await write('old');
    const upstream = upstreamTo(server.endpoint, 'SECURITY_HUB', {
      credentials: null,
      credentialsLimitMs: 20_000,
    });
    const waiting = sendOn(upstream, 'SECURITY_HUB');
    await expect.poll(() => server.requests.length).toBeGreaterThan(0);
    await write(current);
    expect(await waiting).toMatchObject({ kind: 'ANSWERED' });
    current = 'second';
    await write(current);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    expect(await sendOn(upstream, 'SECURITY_HUB')).toMatchObject({ kind: 'ANSWERED' });
    upstream.close();
  });
});
