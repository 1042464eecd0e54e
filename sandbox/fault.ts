/**
 * What can be done to a whole call, by a magic account id or by a fault rule:
 * - `throttle`, `internal-error`, `access-denied`, `not-enabled`, `bad-input`: refused with the service's own error
 * - `html-502`: refused by a load balancer, with a page instead of JSON
 * - `reset-before`, `hang-before`: no answer, and nothing done
 * - `reset-after`, `hang-after`: done, and no answer
 * - `cut-body`: done, and the answer breaks off in the middle
 * - `slow`: done, and answered late
 */
export const FAULTS = [
  'throttle',
  'internal-error',
  'access-denied',
  'not-enabled',
  'bad-input',
  'html-502',
  'reset-before',
  'hang-before',
  'reset-after',
  'hang-after',
  'cut-body',
  'slow',
] as const;

export type Fault = (typeof FAULTS)[number];
