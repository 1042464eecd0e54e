import { throwFirstFault } from './faults.js';
import { rangeFaults } from './valueFaults.js';

/** Greatest age of an answer that a caller may accept, in seconds: one day. Older cached pages are erased. */
export const MAX_AGE_SECONDS = 86_400;

/** The greatest age of an answer, in seconds; 0 means that it is read now. @throws GatewayError `BAD_USER_INPUT`. */
export function checkMaxAge(maxAgeSeconds: number | null | undefined): number {
  const seconds = maxAgeSeconds ?? 0;
  throwFirstFault(rangeFaults(['maxAgeSeconds'], seconds, { min: 0, max: MAX_AGE_SECONDS }));
  return seconds;
}
