import type { Administrator, Caller, MemberAccount } from '../../membership.js';
import { checkAccounts, type AccountInput } from '../input/checkAccounts.js';
import { optionFaults } from '../input/checkOptions.js';
import { checkTargets, isFor, type CheckedTargets } from '../input/checkTargets.js';
import type { Fault } from '../input/faults.js';
import type { RequestOptions } from '../input/requestOptions.js';

/** Where requests may go, and how large they may be. */
export interface MemberLimits {
  readonly administrators: readonly Administrator[];
  readonly maxAccounts: number;
}

/** The list of accounts of a mutation, and its rules. */
export interface MemberList {
  /** Name of the argument. */
  readonly name: 'accounts' | 'accountIds';
  readonly accounts: readonly AccountInput[];
  readonly maxAccounts: number;
  /** Every account needs an e-mail address, if the request goes to GuardDuty. */
  readonly requiresEmails: boolean;
}

/** The input of a mutation that lists accounts. It may be used only while `faults` is empty. */
export interface CheckedMembers {
  readonly accounts: readonly MemberAccount[];
  /** Null when they have faults. */
  readonly targets: CheckedTargets | null;
  readonly faults: readonly Fault[];
}

/** Checks the targets, options and accounts of a mutation, and finds all faults at once. */
export function checkMembers(
  administrators: readonly Administrator[],
  caller: Caller,
  options: RequestOptions & { readonly message?: string | null },
  list: MemberList,
): CheckedMembers {
  const { targets, faults: targetFaults } = checkTargets(administrators, caller, options);
  const { accounts, faults: accountFaults } = checkAccounts(['input', list.name], list.accounts, {
    maxAccounts: list.maxAccounts,
    isForGuardDuty: isFor('GUARDDUTY', targets, options),
    requiresEmails: list.requiresEmails,
  });
  return { accounts, targets, faults: [...targetFaults, ...optionFaults(options), ...accountFaults] };
}
