import { hasInvisible, quoted } from '../../errors.js';
import { isAccountId, type MemberAccount } from '../../membership.js';
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
  const faults = emptyListFaults(path, list.length, rules);
  const accounts: MemberAccount[] = [];
  const byId = new Map<string, ListedAccount>();
  for (const [index, input] of list.entries()) {
    const account = toAccount(input);
    const earlier = byId.get(account.accountId);
    // A list may have 10,000 accounts: a path is made for a fault only.
    const pathOf = (field: string): string[] =>
      typeof input === 'string' ? [...path, String(index)] : [...path, String(index), field];
    const fault = faultOf({ account, index }, earlier, rules, pathOf);
    if (fault !== undefined) {
      faults.push(fault);
    } else if (earlier === undefined) {
      byId.set(account.accountId, { account, index });
      accounts.push(account);
    }
  }
  return { accounts, faults: [...faults, ...tooManyFaults(path, accounts.length, rules)] };
}

/** An account with its index in the list. */
interface ListedAccount {
  readonly account: MemberAccount;
  readonly index: number;
}

function toAccount(input: AccountInput): MemberAccount {
  return typeof input === 'string'
    ? { accountId: input, email: null }
    : { accountId: input.accountId, email: input.email ?? null };
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
function faultOf(
  listed: ListedAccount,
  earlier: ListedAccount | undefined,
  rules: AccountRules,
  pathOf: (field: keyof MemberAccount) => readonly string[],
): Fault | undefined {
  const { accountId, email } = listed.account;
  if (!isAccountId(accountId)) {
    return accountIdFaults(pathOf('accountId'), accountId)[0];
  }
  const emailFault = emailFaultOf(listed.account, rules);
  if (emailFault !== null) {
    return { path: pathOf('email'), ...emailFault };
  }
  if (earlier === undefined || earlier.account.email?.toLowerCase() === email?.toLowerCase()) {
    return undefined;
  }
  const message =
    `account ${accountId} is in the list twice, with different e-mail addresses: ${addressOf(earlier)} and ` +
    `${addressOf(listed)}; expected it once`;
  return { path: pathOf('accountId'), code: 'DUPLICATE_ACCOUNT', message };
}

/** The address and the index of an account in the list, for a message. */
function addressOf({ account: { email }, index }: ListedAccount): string {
  return `${email === null ? 'none' : quoted(email)} (index ${index})`;
}

function emailFaultOf({ accountId, email }: MemberAccount, rules: AccountRules): Omit<Fault, 'path'> | null {
  if (email === null) {
    const message = `account ${accountId} has no e-mail address; GuardDuty's CreateMembers requires one`;
    return rules.isForGuardDuty && rules.requiresEmails ? { code: 'EMAIL_REQUIRED', message } : null;
  }
  const expected = rules.isForGuardDuty ? guardDutyEmailFault(email) : securityHubEmailFault(email);
  if (expected === null) {
    return null;
  }
  const came = hasInvisible(email) ? `, got ${quoted(email)}${lengthOf(email)}` : '';
  const message = `the e-mail address of account ${accountId} is not valid: ${expected}${came}`;
  return { code: 'INVALID_INPUT', message };
}
