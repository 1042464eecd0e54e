import type { Administrator } from '../membership.js';
import { checkAccounts } from './checkAccounts.js';
import { checkOptions } from './checkOptions.js';
import { checkTargets } from './checkTargets.js';
import type { RequestIntake } from './requestIntake.js';
import type { Services } from './services.js';

/** Adds accounts as members: checks everything, and sends nothing when anything is wrong. */
export function createCreateMembers(deps: {
  readonly administrators: readonly Administrator[];
  readonly maxAccounts: number;
  readonly intake: RequestIntake;
}): Services['createMembers'] {
  return async (caller, input) => {
    const { targets, userErrors: targetErrors } = checkTargets(deps.administrators, caller, input);
    const guardDuty = (targets?.services ?? input.services ?? []).includes('GUARDDUTY');
    const { accounts, userErrors: accountErrors } = checkAccounts(
      ['input', 'accounts'],
      input.accounts.map((account, index) => ({
        accountId: account.accountId,
        email: account.email ?? null,
        field: ['input', 'accounts', String(index), 'accountId'],
      })),
      { maxAccounts: deps.maxAccounts, emails: guardDuty ? 'REQUIRED_BY_GUARDDUTY' : 'OPTIONAL' },
    );
    const userErrors = [...targetErrors, ...checkOptions(input), ...accountErrors];
    if (targets === null || userErrors.length > 0) return { requestId: null, userErrors };
    return deps.intake(caller, {
      operation: 'CREATE_MEMBERS',
      accounts,
      targets,
      options: input,
      message: null,
      disableEmailNotification: null,
    });
  };
}
