import type { MembershipOperation } from '../../membership.js';
import type { ServiceMember } from '../../ports/upstream.js';

/**
 * What a look at the member says about a call whose answer was lost.
 * - `PROCESSED`: it shows what the call was to do, and has since the call began.
 * - `THERE_BEFORE`: it showed that before the call began already; the service has left the account unprocessed.
 * - `NOT_ASSOCIATED`: there is nothing to disassociate, and the call did not bring that about; as above.
 * - `NOT_DONE`: it does not show it; the account may go again.
 */
export type ReadBackVerdict = 'PROCESSED' | 'THERE_BEFORE' | 'NOT_ASSOCIATED' | 'NOT_DONE';

/**
 * How far AWS's clock may run behind the record's, in milliseconds, for a date still to count as since the call began.
 * Ours: clocks kept by NTP differ by less, and a service may cut a date to the second.
 */
export const CLOCK_TOLERANCE_MS = 2_000;

/** The member is kept in the list but no longer belongs to the administrator; CreateMembers brings it back. */
const GONE = new Set(['removed', 'resigned', 'deleted']);

/** An invitation went out, whatever came of it later. */
const INVITED = new Set([
  'invited',
  'enabled',
  'associated',
  'emailverificationinprogress',
  'emailverificationfailed',
]);

/** Not associated with the administrator, and not because it was disassociated. */
const UNASSOCIATED = new Set([
  'created',
  'resigned',
  'deleted',
  'emailverificationinprogress',
  'emailverificationfailed',
]);

/**
 * What became of one account of a call whose answer was lost, or said nothing of it, by what GetMembers shows of it (undefined: not known to
 * the service). Source: UPSTREAMS.md, "After a lost answer". Only NOT_DONE sends again, so no second mail goes out for an
 * invitation that is there, whoever made it.
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
      return INVITED.has(status) ? since(startedAt, member.invitedAt) : 'NOT_DONE';
    case 'DISASSOCIATE_MEMBERS':
      if (UNASSOCIATED.has(status)) {
        return 'NOT_ASSOCIATED';
      }
      return status === 'removed' ? since(startedAt, member.updatedAt) : 'NOT_DONE';
    case 'DELETE_MEMBERS':
      return status === 'deleted' ? since(startedAt, member.updatedAt) : 'NOT_DONE';
  }
}

/** A deletion leaves nothing behind, so nobody can tell it from an account that never was a member. */
const WITHOUT_MEMBER: Readonly<Record<MembershipOperation, ReadBackVerdict>> = {
  CREATE_MEMBERS: 'NOT_DONE',
  INVITE_MEMBERS: 'NOT_DONE',
  DISASSOCIATE_MEMBERS: 'NOT_ASSOCIATED',
  DELETE_MEMBERS: 'PROCESSED',
};

/**
 * Whether a call whose effect does not show may still be at work: its worker is gone, or its connection was cut, and the
 * service goes on regardless. An invitation that lands after its accounts were sent again is a second mail, and a removal
 * that does may undo what was asked for after it; a creation is told apart by its echo, and is not waited for.
 *
 * @param landsWithinMs how long after its start a call may still show an effect, in milliseconds.
 * @param now the time of day, in milliseconds.
 * @returns when its absence is to be believed, as a time in milliseconds; null: now.
 */
export function landsBy(
  { operation, startedAt }: { readonly operation: MembershipOperation; readonly startedAt: Date },
  landsWithinMs: number,
  now: number,
): number | null {
  if (operation === 'CREATE_MEMBERS') {
    return null;
  }
  const at = startedAt.getTime() + landsWithinMs;
  return at > now ? at : null;
}

/** Without a date there is only the status to go by: the change is there, and no other call of ours made it. */
function since(startedAt: Date, changedAt: Date | null): 'PROCESSED' | 'THERE_BEFORE' {
  const isEarlier = changedAt !== null && changedAt.getTime() < startedAt.getTime() - CLOCK_TOLERANCE_MS;
  return isEarlier ? 'THERE_BEFORE' : 'PROCESSED';
}
