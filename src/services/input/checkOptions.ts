import type { RequestOptions } from './requestOptions.js';
import type { UserError } from './userErrors.js';

/** How long a mutation waits for its request to finish, in seconds: the range, and what it is when not said. */
export const WAIT_SECONDS = { min: 0, max: 60, default: 20 } as const;

/** Longest note, in characters: a ticket number and a sentence, not a document. */
const NOTE_MAX_LENGTH = 1_000;

/** Longest idempotency key, in characters; UUIDs and hashes fit several times over. */
const IDEMPOTENCY_KEY_MAX_LENGTH = 255;

/** Longest message in an invitation, in characters. AWS documents no limit; this is the gateway's own. */
const MESSAGE_MAX_LENGTH = 2_000;

/** Checks the plain options of a request, and GuardDuty's message. */
export function checkOptions(options: RequestOptions & { readonly message?: string | null }): UserError[] {
  const waitSeconds = options.waitSeconds ?? WAIT_SECONDS.default;
  const faults = [
    textFault('note', options.note, 0, NOTE_MAX_LENGTH),
    textFault('idempotencyKey', options.idempotencyKey, 1, IDEMPOTENCY_KEY_MAX_LENGTH),
    textFault('message', options.message, 1, MESSAGE_MAX_LENGTH),
  ].filter((fault) => fault !== null);
  if (waitSeconds < WAIT_SECONDS.min || waitSeconds > WAIT_SECONDS.max) {
    faults.push({
      field: ['input', 'waitSeconds'],
      code: 'INVALID_INPUT',
      message: `expected ${WAIT_SECONDS.min} to ${WAIT_SECONDS.max} seconds, got ${waitSeconds}`,
    });
  }
  return faults;
}

function textFault(
  field: string,
  text: string | null | undefined,
  min: number,
  max: number,
): UserError | null {
  if (text === null || text === undefined) {
    return null;
  }
  const path = { field: ['input', field], code: 'INVALID_INPUT' } as const;
  if (text.length < min || text.length > max) {
    return { ...path, message: `expected ${min} to ${max} characters, got ${text.length}` };
  }
  // PostgreSQL's text cannot hold it.
  if (text.includes('\0')) {
    return { ...path, message: 'expected text without NUL characters' };
  }
  return null;
}
