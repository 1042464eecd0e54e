import type { Administrator } from '../../membership.js';
import { checkAccounts } from '../input/checkAccounts.js';
import { checkOptions } from '../input/checkOptions.js';
import { checkTargets, isFor } from '../input/checkTargets.js';
import { ACCOUNTS_PER_PLAN, type Planner } from '../plans/membershipPlan.js';
import type { RequestIntake } from './recordRequest.js';
import type { Services } from './mutations.js';

/** Adds accounts as members: checks everything, and sends nothing when anything is wrong. */
export function createCreateMembers(deps: {
  readonly administrators: readonly Administrator[];
  readonly maxAccounts: number;
  readonly intake: RequestIntake;
  readonly plan: Planner;
}): Services['createMembers'] {
  return async (caller, input) => {
    const { targets, userErrors: targetErrors } = checkTargets(deps.administrators, caller, input);
    const guardDuty = isFor('GUARDDUTY', targets, input);
    const dryRun = input.dryRun ?? false;
    // A plan says of each account whether its address is missing.
    const guardDutyRule = dryRun ? 'GUARDDUTY_IF_GIVEN' : 'REQUIRED_BY_GUARDDUTY';
    const { accounts, userErrors: accountErrors } = checkAccounts(
      ['input', 'accounts'],
      input.accounts.map((account, index) => ({
        accountId: account.accountId,
        email: account.email ?? null,
        field: ['input', 'accounts', String(index), 'accountId'],
      })),
      {
        maxAccounts: dryRun ? Math.min(ACCOUNTS_PER_PLAN, deps.maxAccounts) : deps.maxAccounts,
        emails: guardDuty ? guardDutyRule : 'OPTIONAL',
      },
    );
    const userErrors = [...targetErrors, ...checkOptions(input), ...accountErrors];
    if (targets === null || userErrors.length > 0) {
      return { requestId: null, userErrors };
    }
    const planned = { operation: 'CREATE_MEMBERS', accounts, targets } as const;
    if (dryRun) {
      return { requestId: null, userErrors, plan: await deps.plan(planned) };
    }
    return deps.intake(caller, {
      ...planned,
      options: input,
      message: null,
      disableEmailNotification: null,
    });
  };
}
