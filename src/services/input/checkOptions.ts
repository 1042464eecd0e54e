import type { RequestOptions } from './requestOptions.js';
import type { Fault } from './faults.js';
import { rangeFaults, textFaults } from './valueFaults.js';

/** How long a mutation waits for its request to finish. */
export const WAIT_SECONDS = { min: 0, max: 60, default: 20, unit: 'seconds' } as const;

/** Longest note, in characters: room for a ticket number and some sentences. */
export const NOTE_MAX_LENGTH = 1_000;

/** Longest idempotency key, in characters. A UUID has 36, a SHA-256 in hex has 64. */
const IDEMPOTENCY_KEY_MAX_LENGTH = 255;

/** Longest message in an invitation, in characters. AWS documents no limit; this one is the gateway's. */
const MESSAGE_MAX_LENGTH = 2_000;

/** Finds the faults of the options that every mutation has, and of the message of an invitation. */
export function optionFaults(options: RequestOptions & { readonly message?: string | null }): Fault[] {
  const { note, idempotencyKey, message, waitSeconds } = options;
  return [
    ...textFaults(['input', 'note'], note, { min: 0, max: NOTE_MAX_LENGTH }),
    ...textFaults(['input', 'idempotencyKey'], idempotencyKey, { min: 1, max: IDEMPOTENCY_KEY_MAX_LENGTH }),
    ...textFaults(['input', 'message'], message, { min: 1, max: MESSAGE_MAX_LENGTH }),
    ...rangeFaults(['input', 'waitSeconds'], waitSeconds ?? WAIT_SECONDS.default, WAIT_SECONDS),
  ];
}
