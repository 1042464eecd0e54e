import { GatewayError, quoted } from '../../errors.js';
import { isAccountId } from '../../membership.js';
import type { PageArgs } from '../../ports/history.js';

/** What a list lists. All lists of one kind have one order, so a cursor of one is good in every other. */
type ListKind = 'requests' | 'outcomes' | 'calls' | 'deniedAttempts' | 'inventory';

/** The lists that are ordered by an id. */
type IdListKind = Exclude<ListKind, 'outcomes' | 'inventory'>;

const KINDS: readonly string[] = [
  'requests',
  'outcomes',
  'calls',
  'deniedAttempts',
  'inventory',
] satisfies ListKind[];

/** The primary key of an outcome. */
export interface OutcomeKey {
  /** Decimal digits of a 64-bit integer. */
  readonly targetId: string;
  /** 12 digits. */
  readonly accountId: string;
}

/** The primary key of a member of the inventory, in the order of its list. */
export interface InventoryKey {
  /** 12 digits. */
  readonly accountId: string;
  readonly laneId: number;
}

/** Newer than every id of a request or call: where those lists begin. */
const PAST_ALL_IDS = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Older than every id of a request or call: where those lists end. It names no row: no UUIDv7 is all zeros. */
const BEFORE_ALL_IDS = '00000000-0000-0000-0000-000000000000';

/** Greater than every account id: 13 digits sort after any 12 in every collation. */
export const PAST_ALL_ACCOUNTS = '9999999999999';

/** Less than every account id. */
export const BEFORE_ALL_ACCOUNTS = '';

/** The greatest bigint: no target has it, since a sequence does not get there. */
export const PAST_ALL_TARGETS = '9223372036854775807';

/** Names no target: sequences begin at 1. */
const NO_TARGET_ID = '0';

/** Newer than every outcome, and older than every outcome. */
const PAST_ALL_OUTCOMES: OutcomeKey = { targetId: PAST_ALL_TARGETS, accountId: PAST_ALL_ACCOUNTS };
const BEFORE_ALL_OUTCOMES: OutcomeKey = { targetId: NO_TARGET_ID, accountId: BEFORE_ALL_ACCOUNTS };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The cursor of a request or a call. */
export function idCursor(kind: IdListKind, id: string): string {
  return encode(kind, id);
}

/** The cursor of an outcome. */
export function outcomeCursor({ targetId, accountId }: OutcomeKey): string {
  return encode('outcomes', targetId, accountId);
}

/**
 * The id that the page begins behind, read in its direction; without a cursor, one beyond all.
 * Throws `BAD_USER_INPUT` when the cursor is none, or one of another kind of list.
 */
export function idBound(kind: IdListKind, page: PageArgs): string {
  const { argument, cursor } = cursorOf(page);
  if (cursor === null) {
    return argument === 'after' ? PAST_ALL_IDS : BEFORE_ALL_IDS;
  }
  const [id, ...rest] = decode(kind, argument, cursor);
  if (id === undefined || rest.length > 0 || !UUID.test(id)) {
    throw wrongCursor(kind, argument, cursor);
  }
  return id;
}

/** As `idBound`, for outcomes. */
export function outcomeBound(page: PageArgs): OutcomeKey {
  const { argument, cursor } = cursorOf(page);
  if (cursor === null) {
    return argument === 'after' ? PAST_ALL_OUTCOMES : BEFORE_ALL_OUTCOMES;
  }
  const [targetId, accountId, ...rest] = decode('outcomes', argument, cursor);
  if (
    targetId === undefined ||
    accountId === undefined ||
    rest.length > 0 ||
    !isTargetId(targetId) ||
    !isAccountId(accountId)
  ) {
    throw wrongCursor('outcomes', argument, cursor);
  }
  return { targetId, accountId };
}

/** The cursor of a member of the inventory. */
export function inventoryCursor({ accountId, laneId }: InventoryKey): string {
  return encode('inventory', accountId, String(laneId));
}

/** As `idBound`, for the inventory, which begins with the least account id. */
export function inventoryBound(page: PageArgs): InventoryKey {
  const { argument, cursor } = cursorOf(page);
  if (cursor === null) {
    return { accountId: argument === 'after' ? BEFORE_ALL_ACCOUNTS : PAST_ALL_ACCOUNTS, laneId: 0 };
  }
  const [accountId = '', laneId = '', ...rest] = decode('inventory', argument, cursor);
  if (rest.length > 0 || !isAccountId(accountId) || !/^\d{1,9}$/.test(laneId)) {
    throw wrongCursor('inventory', argument, cursor);
  }
  return { accountId, laneId: Number(laneId) };
}

/** The id as it came, or one that names no row when it is not a UUID: PostgreSQL would refuse the statement. */
export function uuidOrNone(id: string): string {
  return UUID.test(id) ? id : BEFORE_ALL_IDS;
}

/** As `uuidOrNone`, for ids of targets. */
export function targetIdOrNone(id: string): string {
  return isTargetId(id) ? id : NO_TARGET_ID;
}

function isTargetId(id: string): boolean {
  return /^[1-9]\d{0,18}$/.test(id) && BigInt(id) < BigInt(PAST_ALL_TARGETS);
}

function cursorOf(page: PageArgs): { argument: 'after' | 'before'; cursor: string | null } {
  return 'last' in page
    ? { argument: 'before', cursor: page.before }
    : { argument: 'after', cursor: page.after };
}

// "1" is the version: what an older release has given out stays good, or is told apart.
function encode(kind: ListKind, ...key: string[]): string {
  return Buffer.from(['1', kind, ...key].join('|')).toString('base64url');
}

function decode(kind: ListKind, argument: string, cursor: string): string[] {
  const text = Buffer.from(cursor, 'base64url');
  const [version, found, ...key] = text.toString().split('|');
  // Buffer skips what is not base64url; a cursor of ours comes back as it was.
  if (version !== '1' || text.toString('base64url') !== cursor) {
    throw wrongCursor(kind, argument, cursor);
  }
  if (found !== kind) {
    throw wrongCursor(kind, argument, cursor, found);
  }
  return key;
}

function wrongCursor(kind: ListKind, argument: string, cursor: string, found?: string): GatewayError {
  const came = found !== undefined && KINDS.includes(found) ? `is one of a list of ${found}` : 'is none';
  return new GatewayError(
    'BAD_USER_INPUT',
    `${argument}: expected a cursor from a list of ${kind}; ${quoted(cursor)} ${came}`,
  );
}
