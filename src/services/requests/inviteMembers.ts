import { isFor } from '../input/checkTargets.js';
import type { Fault } from '../input/faults.js';
import { rangeFaults } from '../input/valueFaults.js';
import { ACCOUNTS_PER_QUERY } from '../input/checkAccountIds.js';
import type { Planner } from '../plans/membershipPlan.js';
import { checkMembers, type MemberLimits } from './checkMembers.js';
import { refused, type InviteMembersInput, type Services } from './mutations.js';
import { newRequest } from './newRequest.js';
import type { RecordRequest } from './recordRequest.js';

/** Days for which invited members are followed. */
const FOLLOW_UP_DAYS = { min: 1, max: 30, default: 7, unit: 'days' } as const;

/** Invites accounts that were created as members before. */
export function createInviteMembers({
  administrators,
  maxAccounts,
  record,
  plan,
}: MemberLimits & { readonly record: RecordRequest; readonly plan: Planner }): Services['inviteMembers'] {
  return async (caller, input) => {
    const dryRun = input.dryRun ?? false;
    const followUpDays = input.followUpDays ?? FOLLOW_UP_DAYS.default;
    const { accounts, targets, faults } = checkMembers(administrators, caller, input, {
      name: 'accountIds',
      accounts: input.accountIds,
      maxAccounts: dryRun ? Math.min(ACCOUNTS_PER_QUERY, maxAccounts) : maxAccounts,
      requiresEmails: false,
    });
    const allFaults = [
      ...faults,
      ...rangeFaults(['input', 'followUpDays'], followUpDays, FOLLOW_UP_DAYS),
      ...(targets === null || isFor('GUARDDUTY', targets, input) ? [] : guardDutyOnlyFaults(input)),
    ];
    if (targets === null || allFaults.length > 0) {
      return refused(allFaults);
    }
    const members = { operation: 'INVITE_MEMBERS', accounts, targets } as const;
    if (dryRun) {
      return { requestId: null, userErrors: [], plan: await plan(caller, members) };
    }
    const request = newRequest(caller, {
      ...members,
      options: input,
      message: input.message ?? null,
      disableEmailNotification: input.disableEmailNotification ?? null,
      followUpDays: input.followUp === true ? followUpDays : null,
    });
    return record(request, input);
  };
}

/** Security Hub's InviteMembers has neither option, and an option is never dropped silently. */
function guardDutyOnlyFaults(input: InviteMembersInput): Fault[] {
  return (['message', 'disableEmailNotification'] as const)
    .filter((option) => (input[option] ?? null) !== null)
    .map((option) => ({
      path: ['input', option],
      code: 'INVALID_INPUT',
      message: `${option} is for GuardDuty, and GUARDDUTY is not among the services`,
    }));
}
