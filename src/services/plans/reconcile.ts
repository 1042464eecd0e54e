import type { Administrator, Caller, ReasonCode, SecurityService, TargetAddress } from '../../membership.js';
import type { ListAllMembers } from '../../ports/memberListing.js';
import { checkAccounts } from '../input/checkAccounts.js';
import { checkTargets, isFor } from '../input/checkTargets.js';
import { compareMembers, type ReconciledAccounts } from './compareMembers.js';
import { reasonOfFailure } from '../members/readFailure.js';
import { toUserErrors, type Fault, type UserError } from '../input/faults.js';
import { rangeFaults } from '../input/valueFaults.js';
import { comparisonPoints, type SpendPoints } from '../spendPoints.js';

/** Accounts that each list shows: the range and the default. */
const LIMIT = { min: 1, max: 10_000, default: 100, unit: 'accounts in each list' } as const;

/** Most accounts that a list shows at all targets together. Ours: four such lists are a response of about 10 MB. */
const LIMIT_OF_ALL_TARGETS = 40_000;

/** The desired members and their targets. Absent and null mean the default. */
export interface ReconcileInput {
  readonly accounts: readonly { readonly accountId: string; readonly email?: string | null }[];
  readonly administrator?: string | null;
  readonly services?: readonly SecurityService[] | null;
  readonly regions?: readonly string[] | null;
  /** 0 or more; default 0. */
  readonly maxAgeSeconds?: number | null;
  /** 1 to 10,000; default 100. */
  readonly limit?: number | null;
}

/** The differences at one target; null where the target could not be read. */
export interface ReconciledTarget extends TargetAddress {
  readonly observedAt: Date | null;
  readonly toCreate: ReconciledAccounts | null;
  readonly toInvite: ReconciledAccounts | null;
  readonly toRecreate: ReconciledAccounts | null;
  readonly emailMissing: ReconciledAccounts | null;
  readonly unexpected: ReconciledAccounts | null;
  readonly emailDiffers: ReconciledAccounts | null;
  readonly upToDate: number | null;
  readonly reasonCode: ReasonCode | null;
  readonly reason: string | null;
}

/** The differences between the desired members and the members of every target. */
export interface Reconciliation {
  readonly targets: readonly ReconciledTarget[];
  readonly userErrors: readonly UserError[];
}

/**
 * Compares a list of desired members with the members of every target of the input, at the expense of the caller's budget.
 * Changes nothing. Rejects as `SpendPoints` does.
 */
export type Reconcile = (caller: Caller, input: ReconcileInput) => Promise<Reconciliation>;

export function createReconcile(deps: {
  readonly administrators: readonly Administrator[];
  readonly maxAccounts: number;
  readonly spend: SpendPoints;
  readonly listAllMembers: ListAllMembers;
}): Reconcile {
  return async (caller, input) => {
    const { targets, faults: targetFaults } = checkTargets(deps.administrators, caller, input);
    const { accounts, faults: accountFaults } = checkAccounts(['input', 'accounts'], input.accounts, {
      maxAccounts: deps.maxAccounts,
      isForGuardDuty: isFor('GUARDDUTY', targets, input),
      requiresEmails: false,
    });
    const limit = input.limit ?? LIMIT.default;
    const maxAge = input.maxAgeSeconds ?? 0;
    const faults = [
      ...targetFaults,
      ...limitFaults(limit, targets?.addresses.length ?? 0),
      ...maxAgeFaults(maxAge),
      ...accountFaults,
    ];
    if (targets === null || faults.length > 0) {
      return { targets: [], userErrors: toUserErrors(faults) };
    }
    await deps.spend(caller, comparisonPoints(accounts.length, targets.addresses.length));
    const ownAccountId = targets.administrator.accountId;
    const desired = accounts.toSorted((a, b) => (a.accountId < b.accountId ? -1 : 1));
    const reconciled = targets.addresses.map(async (target): Promise<ReconciledTarget> => {
      try {
        const listing = await deps.listAllMembers(target, maxAge * 1_000);
        const { observedAt, members } = listing;
        const compared = compareMembers(desired, members, { service: target.service, ownAccountId, limit });
        return { ...target, observedAt, ...compared, reasonCode: null, reason: null };
      } catch (error) {
        return { ...target, ...UNREAD, ...reasonOfFailure(error) };
      }
    });
    return { targets: await Promise.all(reconciled), userErrors: [] };
  };
}

const UNREAD = {
  observedAt: null,
  toCreate: null,
  toInvite: null,
  toRecreate: null,
  emailMissing: null,
  unexpected: null,
  emailDiffers: null,
  upToDate: null,
};

function limitFaults(limit: number, targets: number): Fault[] {
  const path = ['input', 'limit'];
  const faults = rangeFaults(path, limit, LIMIT);
  if (faults.length > 0 || limit * targets <= LIMIT_OF_ALL_TARGETS) {
    return faults;
  }
  const most = Math.floor(LIMIT_OF_ALL_TARGETS / targets);
  const message = `expected at most ${most} accounts in each list of ${targets} targets, got ${limit}`;
  return [{ path, code: 'INVALID_INPUT', message }];
}

function maxAgeFaults(seconds: number): Fault[] {
  const message = `expected 0 or more seconds, got ${seconds}`;
  return seconds >= 0 ? [] : [{ path: ['input', 'maxAgeSeconds'], code: 'INVALID_INPUT', message }];
}
