/**
 * Longest texts of an answer that the gateway keeps, in characters. Ours: AWS's own are below 500, 40 and 60. An answer is
 * written by the other end of the connection, so its texts are as hostile as those of callers.
 */
export const MAX_TEXT = { sentence: 2_000, word: 128, address: 320 } as const;

/** Longest detector id (UPSTREAMS.md, "GuardDuty"), and longest token of a page, which is Ours. */
export const MAX_IDENTIFIER = { detectorId: 300, nextToken: 8_192 } as const;

/** Most entries of a list. Ours: the services send 50 at most. */
const MAX_ENTRIES = 1_000;

/** Ends a text that was cut. */
const CUT = '...';

/** U+FFFD, which Unicode has for what cannot be shown. */
const REPLACEMENT = '\uFFFD';

/**
 * A text of an answer that PostgreSQL can hold: cut, and U+FFFD in place of NUL and of half a surrogate pair. A value that is
 * no string comes as its JSON; an absent one as the empty text.
 */
export function textOf(value: unknown, maxLength: number): string {
  const text = typeof value === 'string' ? value : jsonOf(value);
  const cut = text.length > maxLength ? text.slice(0, maxLength - CUT.length) + CUT : text;
  return cut.toWellFormed().replaceAll('\0', REPLACEMENT);
}

/** As `textOf`; null for an absent value. */
export function optionalText(value: unknown, maxLength: number): string | null {
  return value === undefined || value === null ? null : textOf(value, maxLength);
}

/** A value that is sent back to the service: unchanged, or null when it is no such text. It is never cut. */
export function identifierOf(value: unknown, maxLength: number): string | null {
  const isSendable = typeof value === 'string' && value !== '' && textOf(value, maxLength) === value;
  return isSendable ? value : null;
}

/** A time with its zone. Of other texts, such as "5", Node makes a time too. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d[:.\d]*(?:Z|[+-]\d\d:?\d\d)$/;

/** A time of an answer, as a Date or an ISO 8601 text with its zone; null for another one, and for what PostgreSQL has no time for. */
export function timeOf(value: unknown): Date | null {
  const isText = typeof value === 'string' && TIME.test(value);
  const date = value instanceof Date ? value : new Date(isText ? value : Number.NaN);
  const year = date.getUTCFullYear();
  return year >= 1 && year <= 9_999 ? date : null;
}

/** The list without the entries that are no objects; a value that is no list comes as it is. */
export function onlyObjectsOf(value: unknown): unknown {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'object' && entry !== null) : value;
}

/** The objects of a list; null when the value is no list of at most 1,000 objects. */
export function objectsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] | null {
  if (!Array.isArray(value) || value.length > MAX_ENTRIES) {
    return null;
  }
  const entries = value as readonly unknown[];
  const isListOfObjects = entries.every((entry) => typeof entry === 'object' && entry !== null);
  return isListOfObjects ? entries.map((entry) => ({ ...entry })) : null;
}

function jsonOf(value: unknown): string {
  return value === undefined || value === null ? '' : JSON.stringify(value);
}
