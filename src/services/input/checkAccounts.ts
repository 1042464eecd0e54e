import { quoted } from '../../errors.js';
import { isAccountId, type MemberAccount } from '../../membership.js';
import { guardDutyEmailFault, securityHubEmailFault } from './emailRules.js';
import type { UserError } from './userErrors.js';

/** What the accounts of a request are held against. */
export interface AccountRules {
  readonly maxAccounts: number;
  /**
   * CreateMembers carries e-mail addresses; InviteMembers has none. `GUARDDUTY_IF_GIVEN`: by GuardDuty's rules, but one
   * that is missing is no fault.
   */
  readonly emails: 'REQUIRED_BY_GUARDDUTY' | 'GUARDDUTY_IF_GIVEN' | 'OPTIONAL' | 'NONE';
}

/** An account as it came, with the path of the argument that named it. */
export interface AccountInput {
  readonly accountId: string;
  readonly email: string | null;
  /** Path of the account's id. */
  readonly field: readonly string[];
}

/**
 * Checks the accounts of a request: how many, each id, each e-mail, and one account twice. An exact duplicate is taken
 * once. Every fault is reported, each with the account it is about.
 */
export function checkAccounts(
  list: readonly string[],
  asked: readonly AccountInput[],
  rules: AccountRules,
): { accounts: MemberAccount[]; userErrors: UserError[] } {
  const userErrors: UserError[] = [];
  if (asked.length === 0) {
    userErrors.push({
      field: list,
      code: 'INVALID_INPUT',
      message: `expected 1 to ${rules.maxAccounts} accounts, got an empty list`,
    });
  }
  const byId = new Map<string, MemberAccount>();
  for (const { accountId, email, field } of asked) {
    const fault = accountIdFault(accountId, field) ?? emailFault(accountId, email, field, rules);
    const earlier = byId.get(accountId);
    if (fault !== null) {
      userErrors.push(fault);
    } else if (earlier === undefined) {
      byId.set(accountId, { accountId, email });
    } else if (earlier.email !== email) {
      userErrors.push({
        field,
        code: 'DUPLICATE_ACCOUNT',
        message: `account ${accountId} is in the list twice, with different e-mail addresses; expected it once`,
      });
    }
  }
  if (byId.size > rules.maxAccounts) {
    userErrors.push({
      field: list,
      code: 'TOO_MANY_ACCOUNTS',
      message: `expected at most ${rules.maxAccounts} accounts in a request, got ${byId.size}; split it into several`,
    });
  }
  return { accounts: [...byId.values()], userErrors };
}

function accountIdFault(accountId: string, field: readonly string[]): UserError | null {
  if (isAccountId(accountId)) {
    return null;
  }
  return {
    field,
    code: 'INVALID_INPUT',
    message: `expected an AWS account id of exactly 12 digits, got ${quoted(accountId)}`,
  };
}

function emailFault(
  accountId: string,
  email: string | null,
  field: readonly string[],
  rules: AccountRules,
): UserError | null {
  const at = [...field.slice(0, -1), 'email'];
  if (email === null) {
    if (rules.emails !== 'REQUIRED_BY_GUARDDUTY') {
      return null;
    }
    return {
      field: at,
      code: 'EMAIL_REQUIRED',
      message: `account ${accountId} has no e-mail address; GuardDuty's CreateMembers requires one`,
    };
  }
  const fault =
    rules.emails === 'REQUIRED_BY_GUARDDUTY' || rules.emails === 'GUARDDUTY_IF_GIVEN'
      ? guardDutyEmailFault(email)
      : securityHubEmailFault(email);
  if (fault === null) {
    return null;
  }
  return {
    field: at,
    code: 'INVALID_INPUT',
    message: `the e-mail address of account ${accountId} is not valid: ${fault}`,
  };
}
