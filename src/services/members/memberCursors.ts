import { createHash } from 'node:crypto';
import { GatewayError, quoted } from '../../errors.js';
import type { MemberStatus, TargetAddress } from '../../membership.js';

/** The arguments of a list of members. A cursor is valid for one list only. */
export interface MemberList {
  readonly target: TargetAddress;
  /** Null: members of every status. */
  readonly statuses: readonly MemberStatus[] | null;
  /** Whether cached members may answer: such a list has an order of its own. */
  readonly isCached: boolean;
}

/** A place between two members: a page of the service, and the number of its members before the place. */
export interface MemberPlace {
  /** The service's token of the page; null for the first. */
  readonly token: string | null;
  readonly skip: number;
}

const BEGINNING: MemberPlace = { token: null, skip: 0 };

/** Characters of a digest in a cursor. Short, since it only tells lists apart: a forged digest gains nothing. */
const DIGEST_LENGTH = 16;

/** The cursor of a place. */
export function memberCursor(list: MemberList, { token, skip }: MemberPlace): string {
  return Buffer.from(['1', digestOf(list, skip, token), skip, token ?? ''].join('|')).toString('base64url');
}

/**
 * The place of a cursor; the beginning for null.
 *
 * @throws GatewayError `BAD_USER_INPUT` when the cursor is malformed, was changed, or belongs to another list.
 */
export function memberPlace(list: MemberList, after: string | null): MemberPlace {
  if (after === null) {
    return BEGINNING;
  }
  const [version, digest, digits = '', ...rest] = Buffer.from(after, 'base64url').toString().split('|');
  const place = { token: rest.join('|') || null, skip: Number(digits) };
  if (version === '1' && digest === digestOf(list, place.skip, place.token)) {
    return place;
  }
  throw new GatewayError(
    'BAD_USER_INPUT',
    `after: expected a cursor from a list of members with the same administrator, service, region and status, and with maxAgeSeconds if that one had it, got ${quoted(after)}`,
  );
}

function digestOf({ target, statuses, isCached }: MemberList, skip: number, token: string | null): string {
  const { administrator, service, region } = target;
  const meant = [administrator, service, region, statuses && [...new Set(statuses)].sort(), skip, token];
  if (isCached) {
    meant.push('kept');
  }
  return createHash('sha256').update(JSON.stringify(meant)).digest('base64url').slice(0, DIGEST_LENGTH);
}
