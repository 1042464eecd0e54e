import type { RetryStrategyV2, RetryToken } from '@smithy/types';

/** Names of refusals that a wrong clock can cause. AWS's other refusals by these names are final. */
const CLOCK_REFUSALS = new Set([
  'AuthFailure',
  'InvalidSignatureException',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
]);

/** Words of a refusal for the time of the signature. A machine that was frozen is told so with a right clock. */
const CLOCK_WORDS = ['signature expired', 'signature not yet current', 'too skewed'];

/**
 * Sends once: each attempt takes its own turn, and each attempt of a change has its own row in the record
 * (docs/decisions/0003). Only a refusal for the time of the signature is sent once more, at once: the SDK has set its clock by
 * the refusal's Date, and a refused signature changed nothing.
 */
export const sendOnce: RetryStrategyV2 = {
  acquireInitialRetryToken: () => Promise.resolve(tokenOf(0)),
  refreshRetryTokenForRetry: (token, { error }) =>
    token.getRetryCount() === 0 && isForTheClock(error)
      ? Promise.resolve(tokenOf(1))
      : Promise.reject(new Error('sent once')),
  recordSuccess: () => undefined,
};

function tokenOf(retries: number): RetryToken {
  return { getRetryCount: () => retries, getRetryDelay: () => 0 };
}

function isForTheClock(error: unknown): boolean {
  const { name, message, $metadata } = error as {
    readonly name?: unknown;
    readonly message?: unknown;
    readonly $metadata?: { readonly clockSkewCorrected?: boolean };
  };
  if (typeof name !== 'string' || !CLOCK_REFUSALS.has(name)) {
    return false;
  }
  const words = typeof message === 'string' ? message.slice(0, 1_000).toLowerCase() : '';
  return $metadata?.clockSkewCorrected === true || CLOCK_WORDS.some((phrase) => words.includes(phrase));
}
