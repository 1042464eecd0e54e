import { hasInvisible, quoted } from '../../errors.js';
import type { MemberAccount } from '../../membership.js';
import { guardDutyEmailFault, securityHubEmailFault } from './emailRules.js';
import type { Fault } from './faults.js';
import { accountIdFaults, lengthOf } from './valueFaults.js';

/** An account as a mutation lists it: an id alone, or an id with an e-mail address. */
export type AccountInput = string | { readonly accountId: string; readonly email?: string | null };

/** The rules for the accounts of a mutation. */
export interface AccountRules {
  readonly maxAccounts: number;
  /** GuardDuty's rules apply to e-mail addresses; else those of Security Hub, which takes any address. */
  readonly isForGuardDuty: boolean;
  /** GuardDuty requires an address for every account. Security Hub never does. */
  readonly requiresEmails: boolean;
}

/** The distinct accounts without a fault, and the faults of the list. */
export interface CheckedAccounts {
  readonly accounts: readonly MemberAccount[];
  readonly faults: readonly Fault[];
}

/**
 * Checks how many accounts there are, each id, each e-mail address, and that no account has two addresses. An account
 * listed twice with the same address, in any case, counts once, with the address as it came first.
 *
 * @param path path of the list.
 */
export function checkAccounts(
  path: readonly string[],
  list: readonly AccountInput[],
  rules: AccountRules,
): CheckedAccounts {
  const byId = new Map<string, ListedAccount>();
  const accountFaults = list.flatMap((input, index) => {
    const account = toListed(path, input, index);
    const faults = faultsOf(account, byId.get(account.accountId), rules);
    if (faults.length === 0) {
      byId.set(account.accountId, byId.get(account.accountId) ?? account);
    }
    return faults;
  });
  const faults = [
    ...emptyListFaults(path, list.length, rules),
    ...accountFaults,
    ...tooManyFaults(path, byId.size, rules),
  ];
  const accounts = Array.from(byId.values(), ({ accountId, email }) => ({ accountId, email }));
  return { accounts, faults };
}

/** An account with the paths of its id and of its e-mail address. */
interface ListedAccount extends MemberAccount {
  readonly idPath: readonly string[];
  readonly emailPath: readonly string[];
  /** The index in the list. */
  readonly index: number;
}

function toListed(list: readonly string[], input: AccountInput, index: number): ListedAccount {
  const path = [...list, String(index)];
  if (typeof input === 'string') {
    return { accountId: input, email: null, idPath: path, emailPath: path, index };
  }
  const { accountId, email = null } = input;
  return { accountId, email, idPath: [...path, 'accountId'], emailPath: [...path, 'email'], index };
}

function emptyListFaults(path: readonly string[], accounts: number, { maxAccounts }: AccountRules): Fault[] {
  const message = `expected 1 to ${maxAccounts} accounts, got an empty list`;
  return accounts === 0 ? [{ path, code: 'INVALID_INPUT', message }] : [];
}

function tooManyFaults(path: readonly string[], accounts: number, { maxAccounts }: AccountRules): Fault[] {
  const message = `expected at most ${maxAccounts} accounts in a request, got ${accounts}; split it into several`;
  return accounts > maxAccounts ? [{ path, code: 'TOO_MANY_ACCOUNTS', message }] : [];
}

/** The first fault of one account, if there is one. */
function faultsOf(account: ListedAccount, earlier: ListedAccount | undefined, rules: AccountRules): Fault[] {
  const { accountId, email, idPath: path } = account;
  const [fault] = [...accountIdFaults(path, accountId), ...emailFaults(account, rules)];
  if (fault !== undefined) {
    return [fault];
  }
  if (earlier === undefined || earlier.email?.toLowerCase() === email?.toLowerCase()) {
    return [];
  }
  const message =
    `account ${accountId} is in the list twice, with different e-mail addresses: ${addressOf(earlier)} and ` +
    `${addressOf(account)}; expected it once`;
  return [{ path, code: 'DUPLICATE_ACCOUNT', message }];
}

/** The address and the index of an account in the list, for a message. */
function addressOf({ email, index }: ListedAccount): string {
  return `${email === null ? 'none' : quoted(email)} (index ${index})`;
}

function emailFaults({ accountId, email, emailPath: path }: ListedAccount, rules: AccountRules): Fault[] {
  if (email === null) {
    const message = `account ${accountId} has no e-mail address; GuardDuty's CreateMembers requires one`;
    const isMissing = rules.isForGuardDuty && rules.requiresEmails;
    return isMissing ? [{ path, code: 'EMAIL_REQUIRED', message }] : [];
  }
  const fault = rules.isForGuardDuty ? guardDutyEmailFault(email) : securityHubEmailFault(email);
  const came = hasInvisible(email) ? `, got ${quoted(email)}${lengthOf(email)}` : '';
  const message = `the e-mail address of account ${accountId} is not valid: ${fault}${came}`;
  return fault === null ? [] : [{ path, code: 'INVALID_INPUT', message }];
}
