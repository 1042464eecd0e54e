import type { Administrator, Caller, RemovingOperation } from '../../membership.js';
import type { ConfirmationStore } from '../../ports/confirmations.js';
import { checkAccounts } from '../input/checkAccounts.js';
import { checkOptions } from '../input/checkOptions.js';
import { checkTargets } from '../input/checkTargets.js';
import {
  CONFIRMATION_REQUIRED,
  CONFIRMATION_SECONDS,
  confirmationOf,
  mintConfirmation,
  type CheckedRemoval,
} from './confirmation.js';
import { ACCOUNTS_PER_PLAN } from '../plans/membershipPlan.js';
import type { RemovalPlanner, RemovalTarget } from '../plans/removalPlan.js';
import type { RequestIntake } from './recordRequest.js';
import type { RemovalResult, RemoveMembersInput, Services } from './mutations.js';
import type { UserError } from '../input/userErrors.js';

/** What removals are made with. */
export interface RemovalTools {
  readonly administrators: readonly Administrator[];
  readonly maxAccounts: number;
  readonly intake: RequestIntake;
  readonly plan: RemovalPlanner;
  readonly confirmations: ConfirmationStore;
}

/** Ends memberships, and removes what is left of them: both only after a preview of the same input was looked at. */
export function createRemovals(tools: RemovalTools): Pick<Services, 'disassociateMembers' | 'deleteMembers'> {
  return {
    disassociateMembers: (caller, input) => remove(tools, 'DISASSOCIATE_MEMBERS', caller, input),
    deleteMembers: (caller, input) => remove(tools, 'DELETE_MEMBERS', caller, input),
  };
}

async function remove(
  tools: RemovalTools,
  operation: RemovingOperation,
  caller: Caller,
  input: RemoveMembersInput,
): Promise<RemovalResult> {
  const { targets, userErrors: targetErrors } = checkTargets(tools.administrators, caller, input);
  const { accounts, userErrors: accountErrors } = checkAccounts(
    ['input', 'accountIds'],
    input.accountIds.map((accountId, index) => ({
      accountId,
      email: null,
      field: ['input', 'accountIds', String(index)],
    })),
    // What cannot be previewed cannot be removed.
    { maxAccounts: Math.min(ACCOUNTS_PER_PLAN, tools.maxAccounts), emails: 'NONE' },
  );
  const userErrors = [...targetErrors, ...checkOptions(input), ...accountErrors];
  const dryRun = input.dryRun ?? false;
  const token = input.confirm ?? null;
  if (!dryRun && token === null) {
    userErrors.push(CONFIRMATION_REQUIRED);
  }
  if (targets === null || userErrors.length > 0) {
    return { requestId: null, userErrors };
  }
  const removal = { operation, accounts, targets };
  if (dryRun || token === null) {
    return preview(tools, caller, removal);
  }
  return tools.intake(caller, {
    ...removal,
    options: input,
    message: null,
    disableEmailNotification: null,
    confirmation: confirmationOf(token, removal),
  });
}

/** Says what would go, and gives a token for it unless that is too much, or not known. */
async function preview(
  { plan, confirmations }: RemovalTools,
  caller: Caller,
  removal: CheckedRemoval,
): Promise<RemovalResult> {
  const targets = await plan(removal);
  const userErrors = targets.flatMap(faultsOf);
  const sums = {
    targets,
    calls: targets.reduce((sum, { calls }) => sum + calls, 0),
    seconds: Math.max(...targets.map(({ seconds }) => seconds)),
  };
  if (userErrors.length > 0) {
    return { requestId: null, userErrors, plan: { ...sums, confirm: null, confirmExpiresAt: null } };
  }
  const { token, confirmation } = mintConfirmation(removal);
  const confirmExpiresAt = await confirmations.grant(caller, confirmation, CONFIRMATION_SECONDS);
  return { requestId: null, userErrors: [], plan: { ...sums, confirm: token, confirmExpiresAt } };
}

function faultsOf({ service, region, share, reason }: RemovalTarget): UserError[] {
  const where = `${service} in ${region}`;
  if (share === null) {
    const message = `${where} could not be read, so nobody knows what would go: ${reason ?? 'no reason given'}`;
    return [{ field: null, code: 'PREVIEW_INCOMPLETE', message }];
  }
  const { percent, counted, members, mayGo, verdict } = share;
  if (verdict === 'WITHIN') {
    return [];
  }
  if (verdict === 'NOT_COUNTED') {
    const message = `the members of ${where} could not be counted in time, and ${counted} accounts may be too large a share of them: ask for fewer at once, or have them counted with refreshInventory`;
    return [{ field: null, code: 'PREVIEW_INCOMPLETE', message }];
  }
  const message = `${counted} of ${members} members of ${where} are named, and one request may remove at most ${mayGo} of them (REMOVAL_SHARE_PERCENT ${percent})`;
  return [{ field: ['input', 'accountIds'], code: 'REMOVAL_LIMIT_EXCEEDED', message }];
}
