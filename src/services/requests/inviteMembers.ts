import type { Administrator } from '../../membership.js';
import { checkAccounts } from '../input/checkAccounts.js';
import { checkOptions } from '../input/checkOptions.js';
import { checkTargets, isFor } from '../input/checkTargets.js';
import { ACCOUNTS_PER_PLAN, type Planner } from '../plans/membershipPlan.js';
import type { RequestIntake } from './recordRequest.js';
import type { InviteMembersInput, Services } from './mutations.js';
import type { UserError } from '../input/userErrors.js';

/** How long invited members are followed, in days: the range, and what it is when not said. */
const FOLLOW_UP_DAYS = { min: 1, max: 30, default: 7 } as const;

/** Invites members that were created before: checks everything, and sends nothing when anything is wrong. */
export function createInviteMembers(deps: {
  readonly administrators: readonly Administrator[];
  readonly maxAccounts: number;
  readonly intake: RequestIntake;
  readonly plan: Planner;
}): Services['inviteMembers'] {
  return async (caller, input) => {
    const { targets, userErrors: targetErrors } = checkTargets(deps.administrators, caller, input);
    const dryRun = input.dryRun ?? false;
    const { accounts, userErrors: accountErrors } = checkAccounts(
      ['input', 'accountIds'],
      input.accountIds.map((accountId, index) => ({
        accountId,
        email: null,
        field: ['input', 'accountIds', String(index)],
      })),
      {
        maxAccounts: dryRun ? Math.min(ACCOUNTS_PER_PLAN, deps.maxAccounts) : deps.maxAccounts,
        emails: 'NONE',
      },
    );
    const userErrors = [...targetErrors, ...checkOptions(input), ...followUpFaults(input), ...accountErrors];
    if (targets !== null && !isFor('GUARDDUTY', targets, input)) {
      userErrors.push(...guardDutyOnlyFaults(input));
    }
    if (targets === null || userErrors.length > 0) {
      return { requestId: null, userErrors };
    }
    const planned = { operation: 'INVITE_MEMBERS', accounts, targets } as const;
    if (dryRun) {
      return { requestId: null, userErrors, plan: await deps.plan(planned) };
    }
    return deps.intake(caller, {
      ...planned,
      options: input,
      message: input.message ?? null,
      disableEmailNotification: input.disableEmailNotification ?? null,
      followUpDays: input.followUp === true ? (input.followUpDays ?? FOLLOW_UP_DAYS.default) : null,
    });
  };
}

function followUpFaults({ followUpDays }: InviteMembersInput): UserError[] {
  const days = followUpDays ?? FOLLOW_UP_DAYS.default;
  if (days >= FOLLOW_UP_DAYS.min && days <= FOLLOW_UP_DAYS.max) {
    return [];
  }
  const message = `expected ${FOLLOW_UP_DAYS.min} to ${FOLLOW_UP_DAYS.max} days, got ${days}`;
  return [{ field: ['input', 'followUpDays'], code: 'INVALID_INPUT', message }];
}

/** Security Hub's InviteMembers takes neither: leaving them out silently would be a lie. */
function guardDutyOnlyFaults(input: InviteMembersInput): UserError[] {
  return (['message', 'disableEmailNotification'] as const)
    .filter((field) => (input[field] ?? null) !== null)
    .map((field) => ({
      field: ['input', field],
      code: 'INVALID_INPUT',
      message: `${field} is for GuardDuty, and GUARDDUTY is not among the services`,
    }));
}
