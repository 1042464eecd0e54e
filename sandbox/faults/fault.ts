/**
 * The faults of a whole call, chosen by a magic account id or by a fault rule:
 * - `throttle`, `quota`, `internal-error`, `access-denied`, `not-enabled`, `not-administrator`, `bad-input`: refused with
 *   the service's own error
 * - `region-disabled`: refused as STS does in a region where the account has not activated it
 * - `html-502`: refused by a load balancer, with an HTML page instead of JSON
 * - `reset-before`, `hang-before`: not performed, and no answer
 * - `reset-after`, `hang-after`: performed, and no answer
 * - `cut-body`: performed, and the connection breaks in the middle of the answer
 * - `slow`: performed, and answered late
 */
export const FAULTS = [
  'throttle',
  'quota',
  'internal-error',
  'access-denied',
  'not-enabled',
  'not-administrator',
  'bad-input',
  'region-disabled',
  'html-502',
  'reset-before',
  'hang-before',
  'reset-after',
  'hang-after',
  'cut-body',
  'slow',
] as const;

export type Fault = (typeof FAULTS)[number];
