import { expect, it } from 'vitest';
import { REASON_CODES } from '../../../src/membership.js';
import { isRetryable, RETRY_DELAYS } from '../../../src/services/answers/retryPolicy.js';

it('allows at most six sends', () => {
  expect(RETRY_DELAYS.length + 1).toBe(6);
});

it('waits longer after every send, and in total less than a caller waits', () => {
  for (const [n, delay] of RETRY_DELAYS.entries()) {
    expect(delay).toBeGreaterThan(RETRY_DELAYS[n - 1] ?? 0);
  }
  expect(RETRY_DELAYS.reduce((sum, delay) => sum + delay)).toBeLessThan(20);
});

it('retries the retryable reasons and no others', () => {
  expect(REASON_CODES.filter(isRetryable)).toEqual([
    'BATCH_LIMIT_EXCEEDED',
    'THROTTLED',
    'INTERNAL_ERROR',
    'UNREACHABLE',
  ]);
});
