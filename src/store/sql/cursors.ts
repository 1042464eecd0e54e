import { GatewayError, quoted } from '../../errors.js';
import { isAccountId } from '../../membership.js';
import type { PageArgs } from '../../ports/history.js';
import type { OutcomeKey } from '../../ports/pages.js';

/** The kind of rows in a list. All lists of one kind have the same order, so that they share their cursors. */
type ListKind = 'requests' | 'outcomes' | 'calls' | 'deniedAttempts' | 'inventory';

/** Lists in the order of a UUID. */
type IdListKind = Exclude<ListKind, 'outcomes' | 'inventory'>;

const KINDS: readonly string[] = [
  'requests',
  'outcomes',
  'calls',
  'deniedAttempts',
  'inventory',
] satisfies ListKind[];

/** The primary key of a member of the inventory, in the order of its list. */
export interface InventoryKey {
  /** 12 digits. */
  readonly accountId: string;
  readonly laneId: number;
}

/** Greater than every UUIDv7: the bound at the beginning of a list, the newest row first. */
const PAST_ALL_IDS = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Less than every UUIDv7: the bound at the end of a list. No row has it. */
const BEFORE_ALL_IDS = '00000000-0000-0000-0000-000000000000';

/** Greater than every account id: 13 digits sort after any 12 in every collation. */
export const PAST_ALL_ACCOUNTS = '9999999999999';

/** Less than every account id. */
export const BEFORE_ALL_ACCOUNTS = '';

/** The greatest bigint. No target has it: the sequence does not reach it. */
export const PAST_ALL_TARGETS = '9223372036854775807';

/** No target has it: the sequence begins at 1. */
const NO_TARGET_ID = '0';

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
 * The id after which the page begins, in its direction; without a cursor, an id before all rows in that direction. Throws
 * `BAD_USER_INPUT` for an invalid cursor, and for a cursor of another kind of list.
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

/** Like `idBound`, for outcomes. */
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

/** Like `idBound`, for the inventory, which begins with the least account id. */
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

/** The id if it is a UUID, otherwise one that no row has: PostgreSQL refuses a statement with an invalid UUID. */
export function uuidOrNone(id: string): string {
  return UUID.test(id) ? id : BEFORE_ALL_IDS;
}

/** Like `uuidOrNone`, for ids of targets. */
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

// "1" is the version: a later release can tell the cursors of an older one.
function encode(kind: ListKind, ...key: string[]): string {
  return Buffer.from(['1', kind, ...key].join('|')).toString('base64url');
}

function decode(kind: ListKind, argument: string, cursor: string): string[] {
  const text = Buffer.from(cursor, 'base64url');
  const [version, found, ...key] = text.toString().split('|');
  // Buffer skips characters that are not base64url. Only a valid cursor encodes to itself.
  if (version !== '1' || text.toString('base64url') !== cursor) {
    throw wrongCursor(kind, argument, cursor);
  }
  if (found !== kind) {
    throw wrongCursor(kind, argument, cursor, found);
  }
  return key;
}

function wrongCursor(kind: ListKind, argument: string, cursor: string, found?: string): GatewayError {
  const fault = found !== undefined && KINDS.includes(found) ? `is from a list of ${found}` : 'is no cursor';
  return new GatewayError(
    'BAD_USER_INPUT',
    `${argument}: expected a cursor from a list of ${kind}; ${quoted(cursor)} ${fault}`,
  );
}
