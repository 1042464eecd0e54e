import { describe, expect, it } from 'vitest';
import { CredentialFailure, RegionFailures } from '../../src/upstream/credentialFailure.js';
import { translateError } from '../../src/upstream/errors.js';
import {
  REFRESH_BEFORE_MS,
  RENEWAL_INTERVAL_MS,
  shareCredentials,
} from '../../src/upstream/sharedCredentials.js';
import { ROLE_SESSION_NAME } from '../../src/upstream/sts.js';

const KEYS = { accessKeyId: 'AKIA', secretAccessKey: 'secret' };
const HOUR_MS = 3_600_000;

/** Credentials whose session tokens count how often they were obtained. */
function countedCredentials(expiresIn: number | null) {
  const clock = { now: 0, obtained: 0 };
  const shared = shareCredentials(
    async () => ({
      ...KEYS,
      sessionToken: String(++clock.obtained),
      ...(expiresIn === null ? {} : { expiration: new Date(clock.now + expiresIn) }),
    }),
    { now: () => clock.now },
  );
  const token = async () => (await shared.get('eu-west-1')).sessionToken;
  return { shared, clock, token };
}

describe('shared credentials', () => {
  it('are fetched once for any number of simultaneous and later reads', async () => {
    const { token } = countedCredentials(null);
    expect([...(await Promise.all([token(), token(), token()])), await token()]).toEqual([
      '1',
      '1',
      '1',
      '1',
    ]);
  });

  it('are renewed shortly before they end', async () => {
    const { token, clock } = countedCredentials(HOUR_MS);
    await token();
    clock.now = HOUR_MS - REFRESH_BEFORE_MS - 1;
    expect(await token()).toBe('1');
    clock.now += 1;
    expect(await token()).toBe('2');
  });

  it('are renewed at most once a minute, also when the clock says that they have expired', async () => {
    const { token, clock } = countedCredentials(-HOUR_MS);
    expect([await token(), await token()]).toEqual(['1', '1']);
    clock.now = RENEWAL_INTERVAL_MS;
    expect([await token(), await token()]).toEqual(['2', '2']);
  });

  it('are read anew when AWS does not accept them, at most once a minute', async () => {
    const { shared, token, clock } = countedCredentials(null);
    await token();
    expect(await shared.renew(1)).toBe(false);
    clock.now = RENEWAL_INTERVAL_MS;
    expect(await Promise.all([shared.renew(1), shared.renew(1)])).toEqual([true, true]);
    expect(await shared.renew(2)).toBe(false);
    expect(await token()).toBe('2');
  });

  it('are fetched again after a failure', async () => {
    let fetched = 0;
    const shared = shareCredentials(
      async () => {
        if (++fetched === 1) {
          throw new Error('not today');
        }
        return KEYS;
      },
      { limitMs: 100 },
    );
    await expect(shared.get('eu-west-1')).rejects.toThrow(CredentialFailure);
    expect(await shared.get('eu-west-1')).toEqual(KEYS);
  });

  it('fail when their source does not answer in time', async () => {
    const shared = shareCredentials(() => new Promise(() => undefined), { limitMs: 50 });
    const failure: unknown = await shared.get('eu-west-1').catch((error: unknown) => error);
    expect(translateError(failure)).toMatchObject({
      kind: 'UNANSWERED',
      neverSent: true,
      errorCode: 'ETIMEDOUT',
      errorMessage: 'No credentials: the source of the credentials did not answer in time',
    });
  });
});

it('names sessions by the rules of STS', () => {
  expect(ROLE_SESSION_NAME).toMatch(/^[\w+=,.@-]{2,64}$/);
});

const NOTHING_SENT = { httpStatus: null, awsRequestId: null, attempts: 0 };
const failed = (cause: object) =>
  translateError(new CredentialFailure('No credentials could be had.', { cause }));

describe('a failure to get credentials', () => {
  it.each(['CredentialsProviderError', 'TokenProviderError', 'ExpiredToken', 'ExpiredTokenException'])(
    'leaves the call unsent when it is %s, since that may pass',
    (name) => {
      const $metadata = name.startsWith('Expired') ? { httpStatusCode: 403, requestId: 'sts-1' } : undefined;
      expect(failed({ name, message: 'not now', $metadata })).toEqual({
        kind: 'UNANSWERED',
        neverSent: true,
        metadata: NOTHING_SENT,
        errorCode: name,
        errorMessage: 'No credentials: not now',
      });
    },
  );

  const refusal = (name: string, message: string) => ({
    name,
    message,
    $metadata: { httpStatusCode: 403, requestId: 'sts-1' },
  });
  it.each([
    [[refusal('RegionDisabledException', 'off'), refusal('AccessDenied', 'no')], 'REFUSED', 'AccessDenied'],
    [[refusal('RegionDisabledException', 'off')], 'REFUSED', 'RegionDisabledException'],
    [
      [refusal('AccessDenied', 'no'), Object.assign(new Error('away'), { code: 'ECONNREFUSED' })],
      'UNANSWERED',
      'ECONNREFUSED',
    ],
  ])('of several regions %j is %s for %s', (errors, kind, errorCode) => {
    const regions = ['ap-east-1', 'eu-west-1'];
    const answer = failed(new RegionFailures(errors.map((error, i) => ({ region: regions[i]!, error }))));
    expect(answer).toMatchObject({ kind, errorCode });
    const words = errors.map((error, i) => (errors.length > 1 ? `${regions[i]}: ` : '') + error.message);
    expect(answer.errorMessage).toBe(`No credentials: ${words.join('; ')}`);
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
