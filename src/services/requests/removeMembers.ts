import type { Caller, RemovingOperation } from '../../membership.js';
import type { ConfirmationStore } from '../../ports/confirmations.js';
import type { RemovalLimit } from '../../ports/removals.js';
import { toUserErrors, type Fault } from '../input/faults.js';
import { ACCOUNTS_PER_QUERY } from '../input/checkAccountIds.js';
import type { RemovalPlanner, RemovalTarget } from '../plans/removalPlan.js';
import { checkMembers, type MemberLimits } from './checkMembers.js';
import {
  CONFIRMATION_REQUIRED,
  CONFIRMATION_SECONDS,
  confirmationOf,
  mintConfirmation,
  type CheckedRemoval,
} from './confirmation.js';
import { refused, type RemovalResult, type RemoveMembersInput, type Services } from './mutations.js';
import { newRequest } from './newRequest.js';
import type { RecordRequest } from './recordRequest.js';

/** Dependencies of the mutations that remove members. */
export interface RemovalDependencies extends MemberLimits {
  readonly record: RecordRequest;
  readonly plan: RemovalPlanner;
  readonly confirmations: ConfirmationStore;
}

/** Ends memberships, and deletes the entries that remain: each only with the token of a preview of the same input. */
export function createRemovals(
  dependencies: RemovalDependencies,
): Pick<Services, 'disassociateMembers' | 'deleteMembers'> {
  return {
    disassociateMembers: (caller, input) => remove(dependencies, 'DISASSOCIATE_MEMBERS', caller, input),
    deleteMembers: (caller, input) => remove(dependencies, 'DELETE_MEMBERS', caller, input),
  };
}

async function remove(
  dependencies: RemovalDependencies,
  operation: RemovingOperation,
  caller: Caller,
  input: RemoveMembersInput,
): Promise<RemovalResult> {
  const dryRun = input.dryRun ?? false;
  const token = input.confirm ?? null;
  const { accounts, targets, faults } = checkMembers(dependencies.administrators, caller, input, {
    name: 'accountIds',
    accounts: input.accountIds,
    // A removal needs a preview, so the limit of a preview is its own.
    maxAccounts: Math.min(ACCOUNTS_PER_QUERY, dependencies.maxAccounts),
    requiresEmails: false,
  });
  const allFaults = !dryRun && token === null ? [...faults, CONFIRMATION_REQUIRED] : faults;
  if (targets === null || allFaults.length > 0) {
    return refused(allFaults);
  }
  const removal = { operation, accounts, targets };
  if (dryRun || token === null) {
    return preview(dependencies, caller, removal);
  }
  return dependencies.record(newRequest(caller, { ...removal, options: input }), {
    waitSeconds: input.waitSeconds ?? null,
    allowedBy: confirmationOf(token, removal),
  });
}

/** The plan of a removal, with a token unless the removal takes too many members or their number is not known. */
async function preview(
  { plan, confirmations }: RemovalDependencies,
  caller: Caller,
  removal: CheckedRemoval,
): Promise<RemovalResult> {
  const targets = await plan(caller, removal);
  const faults = targets.flatMap(shareFaults);
  const totals = {
    targets,
    calls: targets.reduce((sum, { calls }) => sum + calls, 0),
    seconds: Math.max(...targets.map(({ seconds }) => seconds)),
  };
  if (faults.length > 0) {
    const unconfirmed = { ...totals, confirm: null, confirmExpiresAt: null };
    return { requestId: null, userErrors: toUserErrors(faults), plan: unconfirmed };
  }
  const { token, confirmation } = mintConfirmation(removal);
  const confirmExpiresAt = await confirmations.grant(caller, confirmation, {
    seconds: CONFIRMATION_SECONDS,
    limits: targets.flatMap(limitsOf),
  });
  return { requestId: null, userErrors: [], plan: { ...totals, confirm: token, confirmExpiresAt } };
}

/** The limit of a target; none with REMOVAL_SHARE_PERCENT 100. */
function limitsOf({ administrator, service, region, share }: RemovalTarget): RemovalLimit[] {
  const accounts = share?.limit ?? null;
  return accounts === null ? [] : [{ target: { administrator, service, region }, accounts }];
}

function shareFaults({ service, region, share, accounts, reason }: RemovalTarget): Fault[] {
  const where = `${service} in ${region}`;
  if (share === null || accounts.some(({ verdict }) => verdict === 'UNKNOWN')) {
    const message = `${where} could not be read${share === null ? '' : ' in full'}, so it is not known what the request would remove: ${reason ?? 'no reason given'}`;
    return [{ path: null, code: 'PREVIEW_INCOMPLETE', message }];
  }
  const { percent, counted, removedWithinDay, members, mayGo, verdict } = share;
  if (verdict === 'WITHIN') {
    return [];
  }
  if (verdict === 'NOT_COUNTED') {
    const message = `the members of ${where} could not be counted in time, and ${counted} accounts may be too large a share of them: name fewer accounts, or have the members counted with refreshInventory`;
    return [{ path: null, code: 'PREVIEW_INCOMPLETE', message }];
  }
  const message =
    `${counted} of ${members} members of ${where} are named, removals of the last day have named ${removedWithinDay} others, ` +
    `and at most ${mayGo} may go within a day (REMOVAL_SHARE_PERCENT ${percent})`;
  return [{ path: ['input', 'accountIds'], code: 'REMOVAL_LIMIT_EXCEEDED', message }];
}
