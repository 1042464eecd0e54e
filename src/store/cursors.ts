import { GatewayError } from '../errors.js';

/** What a list lists. All lists of one kind have one order, so a cursor of one is good in every other. */
export type ListKind = 'requests' | 'outcomes' | 'calls';

/** The primary key of an outcome. */
export interface OutcomeKey {
  /** Decimal digits of a 64-bit integer. */
  readonly targetId: string;
  /** 12 digits. */
  readonly accountId: string;
}

/** Newer than every id of a request or call: where those lists begin. */
const PAST_ALL_IDS = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Greater than every account id: 13 digits sort after any 12 in every collation. */
export const PAST_ALL_ACCOUNTS = '9999999999999';

/** Newer than every outcome: the greatest bigint. */
const PAST_ALL_OUTCOMES: OutcomeKey = { targetId: '9223372036854775807', accountId: PAST_ALL_ACCOUNTS };

/** Names no row: sequences begin at 1 and no UUIDv7 is all zeros. */
const NO_TARGET_ID = '0';
const NO_UUID = '00000000-0000-0000-0000-000000000000';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const ACCOUNT_ID = /^\d{12}$/;

/** Longest part of a wrong cursor that an error message repeats. */
const QUOTED_LENGTH = 100;

/** The cursor of a request or a call. */
export function idCursor(kind: 'requests' | 'calls', id: string): string {
  return encode(kind, id);
}

/** The cursor of an outcome. */
export function outcomeCursor({ targetId, accountId }: OutcomeKey): string {
  return encode('outcomes', targetId, accountId);
}

/**
 * The id after which a page begins; with null, one that is newer than all.
 * Throws `BAD_USER_INPUT` when `after` is not a cursor, or one of another kind of list.
 */
export function afterId(kind: 'requests' | 'calls', after: string | null): string {
  if (after === null) return PAST_ALL_IDS;
  const [id, ...rest] = decode(kind, after);
  if (id === undefined || rest.length > 0 || !UUID.test(id)) throw wrongCursor(kind, after);
  return id;
}

/** As `afterId`, for outcomes. */
export function afterOutcome(after: string | null): OutcomeKey {
  if (after === null) return PAST_ALL_OUTCOMES;
  const [targetId, accountId, ...rest] = decode('outcomes', after);
  if (targetId === undefined || accountId === undefined || rest.length > 0)
    throw wrongCursor('outcomes', after);
  if (!isTargetId(targetId) || !ACCOUNT_ID.test(accountId)) throw wrongCursor('outcomes', after);
  return { targetId, accountId };
}

/** The id as it came, or one that names no row when it is not a UUID: PostgreSQL would refuse the statement. */
export function uuidOrNone(id: string): string {
  return UUID.test(id) ? id : NO_UUID;
}

/** As `uuidOrNone`, for ids of targets. */
export function targetIdOrNone(id: string): string {
  return isTargetId(id) ? id : NO_TARGET_ID;
}

function isTargetId(id: string): boolean {
  return /^[1-9]\d{0,18}$/.test(id) && BigInt(id) <= BigInt(PAST_ALL_OUTCOMES.targetId);
}

// "1" is the version: what an older release has given out stays good, or is told apart.
function encode(kind: ListKind, ...key: string[]): string {
  return Buffer.from(['1', kind, ...key].join('|')).toString('base64url');
}

function decode(kind: ListKind, cursor: string): string[] {
  const text = Buffer.from(cursor, 'base64url');
  const [version, found, ...key] = text.toString().split('|');
  // Buffer skips what is not base64url; a cursor of ours comes back as it was.
  if (version !== '1' || text.toString('base64url') !== cursor) throw wrongCursor(kind, cursor);
  if (found !== kind) throw wrongCursor(kind, cursor, found);
  return key;
}

function wrongCursor(kind: ListKind, cursor: string, found?: string): GatewayError {
  const quoted = JSON.stringify(cursor.slice(0, QUOTED_LENGTH));
  const isKind = found === 'requests' || found === 'outcomes' || found === 'calls';
  const came = isKind ? `is one of a list of ${found}` : 'is none';
  return new GatewayError(
    'BAD_USER_INPUT',
    `after: expected a cursor from a list of ${kind}; ${quoted} ${came}`,
  );
}
