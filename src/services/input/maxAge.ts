import { GatewayError } from '../../errors.js';

/** Oldest answer that a caller may ask for, in seconds: a day. What single reads kept is erased when it is older. */
export const MAX_AGE_SECONDS = 86_400;

/** How old an answer may be; 0 for one that has to be read now. @throws GatewayError `BAD_USER_INPUT`. */
export function checkMaxAge(maxAgeSeconds: number | null | undefined): number {
  const seconds = maxAgeSeconds ?? 0;
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= MAX_AGE_SECONDS) {
    return seconds;
  }
  throw new GatewayError(
    'BAD_USER_INPUT',
    `maxAgeSeconds: expected a whole number from 0 to ${MAX_AGE_SECONDS}, got ${seconds}`,
  );
}
