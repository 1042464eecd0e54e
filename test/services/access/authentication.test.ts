import { expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.js';
import { createAuthenticate } from '../../../src/services/access/authentication.js';
import { createRefusals } from '../../../src/services/access/refusals.js';

const ORIGIN = { address: '192.0.2.1', userAgent: null, requestId: 'x', traceparent: null };

/** Refuses every token with this code, and counts how many it verified. */
function refuseAll(code: 'UNAUTHENTICATED' | 'UNAVAILABLE') {
  let verified = 0;
  const authenticate = createAuthenticate([
    {
      recognises: () => true,
      identify() {
        verified += 1;
        return Promise.reject(new GatewayError(code, 'no'));
      },
    },
  ]);
  const ask = (token: string) =>
    expect(authenticate(`Bearer ${token}`, ORIGIN)).rejects.toMatchObject({ code });
  return { ask, verified: () => verified };
}

it('a token that was refused a moment ago is refused without being verified again', async () => {
  const { ask, verified } = refuseAll('UNAUTHENTICATED');
  await ask('one');
  await ask('one');
  await ask('two');
  expect(verified()).toBe(2);
});

it('a token that could not be verified is verified again', async () => {
  const { ask, verified } = refuseAll('UNAVAILABLE');
  await ask('one');
  await ask('one');
  expect(verified()).toBe(2);
});

it('refusals last five seconds, and the newest thousand are remembered', () => {
  let now = 0;
  const refusals = createRefusals(() => now);
  const error = new GatewayError('UNAUTHENTICATED', 'no');
  for (let i = 0; i <= 1_000; i += 1) {
    refusals.add(`token ${i}`, error);
  }
  expect([refusals.find('token 0'), refusals.find('token 1')]).toEqual([undefined, error]);
  now = 5_000;
  expect(refusals.find('token 1')).toBeUndefined();
});
