import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallAnswer } from '../../src/ports/upstream.js';
import { sendOn, sendTo, upstreamTo } from './sendTo.js';

/** A call to this address would be refused: port 9 discards. */
const NOWHERE = 'http://127.0.0.1:9';
const ROLE = 'arn:aws:iam::111122223333:role/Gateway';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'credential-sources-'));
});
beforeEach(() => {
  // No credentials of the machine that runs the tests.
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', path.join(folder, 'credentials'));
  vi.stubEnv('AWS_CONFIG_FILE', path.join(folder, 'config'));
  vi.stubEnv('HOME', folder);
  for (const name of ['AWS_REGION', 'AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) {
    vi.stubEnv(name, undefined);
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
});
afterAll(() => rm(folder, { recursive: true }));

/** The answer to a call with the credentials of this machine. */
const create = (credentialsLimitMs = 900): Promise<CallAnswer> =>
  sendTo(NOWHERE, 'SECURITY_HUB', 'CREATE_MEMBERS', { credentials: null, credentialsLimitMs });

const unsent = (errorCode: string, words: string | RegExp) => ({
  kind: 'UNANSWERED',
  metadata: { httpStatus: null, awsRequestId: null, attempts: 0 },
  errorCode,
  errorMessage: expect.stringMatching(words) as string,
  neverSent: true,
});

/** Answers all requests with this; with nothing for null. */
async function startEndpoint(answer: { readonly status: number; readonly body?: string } | null) {
  const server = createServer((_request, response) => {
    if (answer !== null) {
      response.writeHead(answer.status).end(answer.body);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('the profile', () => {
  const profile = async (text: string) => {
    vi.stubEnv('AWS_PROFILE', 'work');
    await writeFile(path.join(folder, 'config'), text);
    return create();
  };

  it.each([
    [
      'that leads back to itself',
      `[profile work]\nrole_arn=${ROLE}\nsource_profile=other\n[profile other]\nrole_arn=${ROLE}\nsource_profile=work\n`,
      /; Detected a cycle attempting to resolve credentials for profile work\. Profiles visited: other, work/,
    ],
    [
      'whose source_profile is missing',
      `[profile work]\nrole_arn=${ROLE}\nsource_profile=gone\n`,
      /; Could not resolve credentials using profile: \[gone\]/,
    ],
    ['that is missing', '[default]\n', /; Could not resolve credentials using profile: \[work\]/],
    [
      'whose SSO session was never opened, or is over',
      '[profile work]\nsso_session=s\nsso_account_id=111122223333\nsso_role_name=r\n[sso-session s]\nsso_region=eu-west-1\nsso_start_url=https://x.awsapps.com/start\n',
      /^No credentials: The SSO session token associated with profile=work was not found or is invalid\. To refresh .* 'aws sso login'/,
    ],
    [
      'whose process prints something else',
      '[profile work]\ncredential_process=/bin/echo rubbish\n',
      /; Profile work credential_process returned invalid JSON/,
    ],
    [
      'whose process prints credentials that are over',
      `[profile work]\ncredential_process=/bin/echo '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"B","Expiration":"2001-01-01T00:00:00Z"}'\n`,
      /; Profile work credential_process returned expired credentials/,
    ],
  ])('%s is told', async (_name, text, words) => {
    expect(await profile(text)).toEqual(unsent('CredentialsProviderError', words));
  });

  it('whose process fails is told without its command line and its output', async () => {
    const answer = await profile('[profile work]\ncredential_process=/bin/cat /nowhere/s3cret\n');
    expect(answer).toEqual(unsent('CredentialsProviderError', /; the credential process failed;/));
    expect(JSON.stringify(answer)).not.toContain('s3cret');
  });

  it('whose process hangs is given up, and not started again by the next call', async () => {
    vi.stubEnv('AWS_PROFILE', 'work');
    const starts = path.join(folder, 'starts');
    const command = `/bin/sh -c "echo $$ >> ${starts}; exec /bin/sleep 60"`;
    await writeFile(path.join(folder, 'config'), `[profile work]\ncredential_process=${command}\n`);
    const options = { credentials: null, credentialsLimitMs: 400 };
    const upstream = upstreamTo(NOWHERE, 'SECURITY_HUB', options);
    for (let call = 0; call < 3; call += 1) {
      expect(await sendOn(upstream, 'SECURITY_HUB')).toEqual(
        unsent('ETIMEDOUT', 'the source of the credentials did not answer in time'),
      );
    }
    upstream.close();
    const started = (await readFile(starts, 'utf8')).trim().split('\n');
    for (const pid of started) {
      process.kill(Number(pid));
    }
    expect(started).toHaveLength(1);
  });
});

describe('web identity', () => {
  it('without its token is told, and tried again: the token is written anew from time to time', async () => {
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', path.join(folder, 'token'));
    vi.stubEnv('AWS_ROLE_ARN', ROLE);
    expect(await create()).toEqual(unsent('ENOENT', /^No credentials: ENOENT: no such file or directory/));
  });
});

describe('the credential endpoint of a container', () => {
  it.each([
    [{ status: 503, body: 'away' }, /; Server responded with status: 503$/],
    [
      { status: 404, body: '{"Code":"InvalidTaskId","Message":"no such task"}' },
      /; Server responded with status: 404 \(InvalidTaskId: no such task\)$/,
    ],
  ])('that answers %j is told', async (reply, words) => {
    await using endpoint = await startEndpoint(reply);
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', endpoint.url);
    expect(await create(1_500)).toEqual(unsent('CredentialsProviderError', words));
  });

  it('that says nothing is given up', async () => {
    await using endpoint = await startEndpoint(null);
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', endpoint.url);
    expect(await create()).toEqual(unsent('ETIMEDOUT', 'did not answer in time'));
  });
});

describe('the metadata of an instance', () => {
  it('that are off are told', async () => {
    expect(await create()).toEqual(
      unsent('CredentialsProviderError', /; EC2 Instance Metadata Service access disabled$/),
    );
  });

  it('that cannot be reached are told', async () => {
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', undefined);
    vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', NOWHERE);
    expect(await create()).toEqual(
      unsent('CredentialsProviderError', /; Unable to connect to instance metadata service$/),
    );
  });

  it('that say nothing are given up', async () => {
    await using endpoint = await startEndpoint(null);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', undefined);
    vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', endpoint.url);
    expect(await create()).toEqual(unsent('ETIMEDOUT', 'did not answer in time'));
  });
});
