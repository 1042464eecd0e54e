import type { OfferedOperation } from '../membership.js';
import type { ServiceMember } from '../ports/upstream.js';

/** What a look at the member says about a call whose answer was lost. */
export type ReadBackVerdict = 'PROCESSED' | 'NOT_DONE';

/**
 * How far AWS's clock may run behind the record's, in milliseconds, for an invitation still to count as sent by the
 * call in doubt. Ours: wide, since the mistake on one side is a second invitation mail, on the other only that an
 * invitation sent moments before the call is taken for the call's own.
 */
export const INVITED_AT_TOLERANCE_MS = 30_000;

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

/**
 * Whether a call whose answer was lost did its work for one account, by what GetMembers shows of it (undefined: not
 * known to the service). Source: UPSTREAMS.md, "After a lost answer". NOT_DONE is always safe for CreateMembers, which
 * may be repeated; for InviteMembers it means that no mail went out since `startedAt`.
 */
export function verdictFromReadBack(
  operation: OfferedOperation,
  startedAt: Date,
  member: ServiceMember | undefined,
): ReadBackVerdict {
  if (member === undefined) return 'NOT_DONE';
  const status = member.serviceStatus.toLowerCase();
  switch (operation) {
    case 'CREATE_MEMBERS':
      return GONE.has(status) ? 'NOT_DONE' : 'PROCESSED';
    case 'INVITE_MEMBERS':
      return INVITED.has(status) && invitedSince(startedAt, member) ? 'PROCESSED' : 'NOT_DONE';
  }
}

function invitedSince(startedAt: Date, { invitedAt }: ServiceMember): boolean {
  return invitedAt !== null && invitedAt.getTime() >= startedAt.getTime() - INVITED_AT_TOLERANCE_MS;
}
