import type { MembershipOperation } from '../../membership.js';
import type { ServiceMember } from '../../ports/upstream.js';

/**
 * What GetMembers shows of an account whose call has no known result.
 * - `PROCESSED`: the member shows the change of the call, made since the call began.
 * - `THERE_BEFORE`: the member showed the change before the call began, so the service left the account unprocessed.
 * - `UNDATED`: the member shows the change without a date. Whether this call made it is not known.
 * - `NOT_ASSOCIATED`: there was nothing to disassociate before the call, so the service left the account unprocessed.
 * - `NOT_DONE`: the member does not show the change; the account may be sent again.
 */
export type ReadBackVerdict = 'PROCESSED' | 'THERE_BEFORE' | 'UNDATED' | 'NOT_ASSOCIATED' | 'NOT_DONE';

/**
 * Longest time, in milliseconds, that AWS's clock may be late: a date that is earlier than the call by less than this counts
 * as since the call began. Ours: clocks kept by NTP differ by less, and a service may cut a date to the second.
 */
export const CLOCK_TOLERANCE_MS = 2_000;

/** The entry stays in the list but no longer belongs to the administrator; CreateMembers restores it. */
const GONE = new Set(['removed', 'resigned', 'deleted']);

/** An invitation was sent; its later result does not matter. */
const INVITED = new Set([
  'invited',
  'enabled',
  'associated',
  'emailverificationinprogress',
  'emailverificationfailed',
]);

/** Not associated with the administrator, and not by a disassociation. */
const UNASSOCIATED = new Set([
  'created',
  'resigned',
  'deleted',
  'emailverificationinprogress',
  'emailverificationfailed',
]);

/**
 * The result for one account of a call without a known result, from what GetMembers shows. Source: UPSTREAMS.md, "After a
 * lost answer". Only NOT_DONE sends an account again, so an invitation that exists never causes a second mail.
 *
 * @param startedAt by PostgreSQL's clock; the dates of the member are AWS's.
 * @param member undefined: the service says that the account is no member.
 */
export function verdictFromReadBack(
  operation: MembershipOperation,
  startedAt: Date,
  member: ServiceMember | undefined,
): ReadBackVerdict {
  if (member === undefined) {
    return WITHOUT_MEMBER[operation];
  }
  const status = member.serviceStatus.toLowerCase();
  switch (operation) {
    case 'CREATE_MEMBERS':
      return GONE.has(status) ? 'NOT_DONE' : since(startedAt, member.updatedAt);
    case 'INVITE_MEMBERS':
      return INVITED.has(status) ? since(startedAt, member.invitedAt ?? member.updatedAt) : 'NOT_DONE';
    case 'DISASSOCIATE_MEMBERS':
      if (UNASSOCIATED.has(status)) {
        return 'NOT_ASSOCIATED';
      }
      return status === 'removed' ? since(startedAt, member.updatedAt) : 'NOT_DONE';
    case 'DELETE_MEMBERS':
      return status === 'deleted' ? since(startedAt, member.updatedAt) : 'NOT_DONE';
  }
}

/** A deleted member looks like an account that never was a member. */
const WITHOUT_MEMBER: Readonly<Record<MembershipOperation, ReadBackVerdict>> = {
  CREATE_MEMBERS: 'NOT_DONE',
  INVITE_MEMBERS: 'NOT_DONE',
  DISASSOCIATE_MEMBERS: 'NOT_ASSOCIATED',
  DELETE_MEMBERS: 'PROCESSED',
};

/**
 * When the missing effect of a call is final. After a crash of its worker or a broken connection, the service may still be
 * processing the call. If an invitation takes effect after its accounts were sent again, the accounts get a second mail; a
 * late removal may undo a later request. A creation is recognised by its answer when sent again, and needs no wait.
 *
 * @param landsWithinMs longest time from the start of a call to its effect, in milliseconds.
 * @param ageMs time since the start of the call, in milliseconds.
 * @returns milliseconds until then; 0: now.
 */
export function landsIn(operation: MembershipOperation, landsWithinMs: number, ageMs: number): number {
  return operation === 'CREATE_MEMBERS' ? 0 : Math.max(0, landsWithinMs - ageMs);
}

function since(startedAt: Date, changedAt: Date | null): 'PROCESSED' | 'THERE_BEFORE' | 'UNDATED' {
  if (changedAt === null) {
    return 'UNDATED';
  }
  const isEarlier = changedAt.getTime() < startedAt.getTime() - CLOCK_TOLERANCE_MS;
  return isEarlier ? 'THERE_BEFORE' : 'PROCESSED';
}
