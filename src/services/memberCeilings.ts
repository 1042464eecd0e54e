import {
  ACCOUNTS_PER_CALL,
  type AddingOperation,
  type SecurityService,
  type TargetAddress,
} from '../membership.js';
import type { LivePage, MemberReads } from './memberReads.js';

/** Most members of an administrator in a region (UPSTREAMS.md, "Both services"). */
const MEMBERS: Readonly<Record<SecurityService, number>> = { GUARDDUTY: 50_000, SECURITY_HUB: 10_000 };

/** Most invitations that wait for an answer (UPSTREAMS.md, "Both services"); null: none is known. */
const INVITATIONS: Readonly<Record<SecurityService, number | null>> = {
  GUARDDUTY: null,
  SECURITY_HUB: 1_000,
};

/** Longest the members are counted for one plan, in milliseconds: at half of Security Hub's rate some 5,000 of them. */
const COUNT_PATIENCE_MS = 20_000;

/** How many more the target takes before it reaches its ceiling. */
export type Room =
  /** So many; Infinity where no ceiling is known. */
  | { readonly kind: 'COUNTED'; readonly room: number }
  /** There are too many members to count in time, or they could not be listed. */
  | { readonly kind: 'NOT_COUNTED' };

/** Counts what the operation would add to, by listing the members: the services have no other way to say it. */
export async function roomFor(
  reads: MemberReads,
  target: TargetAddress,
  operation: AddingOperation,
): Promise<Room> {
  const ceiling = operation === 'CREATE_MEMBERS' ? MEMBERS[target.service] : INVITATIONS[target.service];
  if (ceiling === null) return { kind: 'COUNTED', room: Infinity };
  const until = performance.now() + COUNT_PATIENCE_MS;
  let room = ceiling;
  let nextToken: string | null = null;
  while (performance.now() < until) {
    const page: LivePage | null = await reads
      .page(target, { pageSize: ACCOUNTS_PER_CALL, nextToken })
      .catch(() => null);
    if (page === null) break;
    room -= page.members.filter(
      ({ status }) => operation === 'CREATE_MEMBERS' || status === 'INVITED',
    ).length;
    if (page.nextToken === null || room <= 0) return { kind: 'COUNTED', room: Math.max(0, room) };
    nextToken = page.nextToken;
  }
  return { kind: 'NOT_COUNTED' };
}
