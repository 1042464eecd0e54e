import { ACCOUNTS_PER_QUERY } from '../input/checkAccountIds.js';
import type { Planner } from '../plans/membershipPlan.js';
import { checkMembers, type MemberLimits } from './checkMembers.js';
import { refused, type Services } from './mutations.js';
import { newRequest } from './newRequest.js';
import type { RecordRequest } from './recordRequest.js';

/** Adds accounts as members. */
export function createCreateMembers({
  administrators,
  maxAccounts,
  record,
  plan,
}: MemberLimits & { readonly record: RecordRequest; readonly plan: Planner }): Services['createMembers'] {
  return async (caller, input) => {
    const dryRun = input.dryRun ?? false;
    const { accounts, targets, faults } = checkMembers(administrators, caller, input, {
      name: 'accounts',
      accounts: input.accounts,
      maxAccounts: dryRun ? Math.min(ACCOUNTS_PER_QUERY, maxAccounts) : maxAccounts,
      // A plan reports a missing address as EMAIL_MISSING.
      requiresEmails: !dryRun,
    });
    if (targets === null || faults.length > 0) {
      return refused(faults);
    }
    const members = { operation: 'CREATE_MEMBERS', accounts, targets } as const;
    const alreadyMember = input.alreadyMember ?? 'UNPROCESSED';
    if (dryRun) {
      return { requestId: null, userErrors: [], plan: { ...(await plan(caller, members)), alreadyMember } };
    }
    return record(newRequest(caller, { ...members, options: input, alreadyMember }), input);
  };
}
