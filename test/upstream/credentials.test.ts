import { describe, expect, it } from 'vitest';
import {
  CredentialFailure,
  REFRESH_BEFORE_MS,
  ROLE_SESSION_NAME,
  shared,
} from '../../src/upstream/credentials.js';
import { translateError } from '../../src/upstream/errors.js';

const KEYS = { accessKeyId: 'AKIA', secretAccessKey: 'secret' };

describe('shared credentials', () => {
  it('are fetched once for any number of simultaneous and later reads', async () => {
    let fetched = 0;
    const provider = shared(async () => ({ ...KEYS, sessionToken: String(++fetched) }));
    const first = await Promise.all([provider(), provider(), provider()]);
    expect([...first, await provider()].map(({ sessionToken }) => sessionToken)).toEqual([
      '1',
      '1',
      '1',
      '1',
    ]);
  });

  it('are renewed shortly before they end', async () => {
    let now = 0;
    let fetched = 0;
    const provider = shared(
      async () => ({ ...KEYS, sessionToken: String(++fetched), expiration: new Date(now + 3_600_000) }),
      () => now,
    );
    await provider();
    now = 3_600_000 - REFRESH_BEFORE_MS - 1;
    expect((await provider()).sessionToken).toBe('1');
    now += 1;
    expect((await provider()).sessionToken).toBe('2');
  });

  it('are fetched again after a failure', async () => {
    let fetched = 0;
    const provider = shared(async () => {
      if (++fetched === 1) {
        throw new Error('not today');
      }
      return KEYS;
    });
    await expect(provider()).rejects.toThrow(CredentialFailure);
    expect(await provider()).toEqual(KEYS);
  });
});

it('names sessions by the rules of STS', () => {
  expect(ROLE_SESSION_NAME).toMatch(/^[\w+=,.@-]{2,64}$/);
});

const NOTHING_SENT = { httpStatus: null, awsRequestId: null, attempts: 0 };
const failed = (cause: object) =>
  translateError(new CredentialFailure('No credentials could be had.', { cause }));

describe('a failure to get credentials', () => {
  it('is a refusal when no credentials are found', () => {
    expect(failed({ name: 'CredentialsProviderError', message: 'Could not load credentials' })).toEqual({
      kind: 'REFUSED',
      metadata: NOTHING_SENT,
      errorCode: 'CredentialsProviderError',
      errorMessage: 'No credentials: Could not load credentials',
    });
  });

  it('is a refusal when STS refuses, without the names of user and role', () => {
    expect(
      failed({
        name: 'AccessDenied',
        message:
          'User: arn:aws:iam::111122223333:user/x is not authorized to perform: sts:AssumeRole on resource: arn:aws-us-gov:iam::111122223333:role/a/Gateway',
        $metadata: { httpStatusCode: 403, requestId: 'sts-1', attempts: 1 },
      }),
    ).toEqual({
      kind: 'REFUSED',
      metadata: NOTHING_SENT,
      errorCode: 'AccessDenied',
      errorMessage:
        'No credentials: User: arn:*** is not authorized to perform: sts:AssumeRole on resource: arn:***',
    });
  });

  it.each([
    [
      { name: 'InternalFailure', message: 'oops', $metadata: { httpStatusCode: 500, attempts: 3 } },
      'InternalFailure',
    ],
    [{ name: 'TimeoutError', code: 'ECONNRESET', message: 'read ECONNRESET' }, 'ECONNRESET'],
  ])('leaves the call unsent when STS does not answer: %j', (cause, errorCode) => {
    expect(failed(cause)).toMatchObject({
      kind: 'UNANSWERED',
      neverSent: true,
      metadata: NOTHING_SENT,
      errorCode,
    });
  });
});
