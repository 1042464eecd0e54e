import { describe, expect, it } from 'vitest';
import { checkAccounts, type AccountInput } from '../../../src/services/input/checkAccounts.js';

const LIST = ['input', 'accounts'];
const GUARDDUTY = { maxAccounts: 3, emails: 'REQUIRED_BY_GUARDDUTY' } as const;

function asked(...accounts: [accountId: string, email: string | null][]): AccountInput[] {
  return accounts.map(([accountId, email], index) => ({
    accountId,
    email,
    field: ['input', 'accounts', String(index), 'accountId'],
  }));
}

describe('checkAccounts', () => {
  it('takes accounts as they are, leading zeros and all', () => {
    const { accounts, userErrors } = checkAccounts(
      LIST,
      asked(['000000000012', 'one@example.com'], ['222233334444', 'two@example.com']),
      GUARDDUTY,
    );
    expect(userErrors).toEqual([]);
    expect(accounts).toEqual([
      { accountId: '000000000012', email: 'one@example.com' },
      { accountId: '222233334444', email: 'two@example.com' },
    ]);
  });

  it('takes an exact duplicate once, and does not count it', () => {
    const twice = asked(
      ...Array.from({ length: 9 }, () => ['222233334444', 'two@example.com'] as const).map(
        (a): [string, string] => [...a],
      ),
    );
    const { accounts, userErrors } = checkAccounts(LIST, twice, GUARDDUTY);
    expect(userErrors).toEqual([]);
    expect(accounts).toHaveLength(1);
  });

  it.each([
    ['12345678901', 'expected an AWS account id of exactly 12 digits, got "12345678901"'],
    ['1234567890123', 'expected an AWS account id of exactly 12 digits, got "1234567890123"'],
    ['12345678901a', 'expected an AWS account id of exactly 12 digits, got "12345678901a"'],
    [' 12345678901', 'expected an AWS account id of exactly 12 digits, got " 12345678901"'],
    [
      '１２３４５６７８９０１２',
      'expected an AWS account id of exactly 12 digits, got "１２３４５６７８９０１２"',
    ],
    ['x'.repeat(81), `expected an AWS account id of exactly 12 digits, got "${'x'.repeat(80)}..."`],
  ])('refuses the account id %j', (accountId, message) => {
    const { userErrors } = checkAccounts(LIST, asked([accountId, 'a@example.com']), GUARDDUTY);
    expect(userErrors).toEqual([
      { field: ['input', 'accounts', '0', 'accountId'], code: 'INVALID_INPUT', message },
    ]);
  });

  it('refuses a duplicate with another e-mail address', () => {
    const { userErrors } = checkAccounts(
      LIST,
      asked(['222233334444', 'one@example.com'], ['222233334444', 'two@example.com']),
      GUARDDUTY,
    );
    expect(userErrors).toEqual([
      {
        field: ['input', 'accounts', '1', 'accountId'],
        code: 'DUPLICATE_ACCOUNT',
        message:
          'account 222233334444 is in the list twice, with different e-mail addresses; expected it once',
      },
    ]);
  });

  it('names each account whose e-mail address is missing or wrong, for GuardDuty', () => {
    const { userErrors } = checkAccounts(
      LIST,
      asked(['222233334444', null], ['333344445555', 'nobody'], ['444455556666', 'ok@example.com']),
      GUARDDUTY,
    );
    expect(userErrors.map(({ code, field }) => [code, field?.join('.')])).toEqual([
      ['EMAIL_REQUIRED', 'input.accounts.0.email'],
      ['INVALID_INPUT', 'input.accounts.1.email'],
    ]);
    expect(userErrors[0]?.message).toContain('222233334444');
    expect(userErrors[1]?.message).toContain('333344445555');
  });

  it('wants no e-mail address for Security Hub alone, but no nonsense either', () => {
    const rules = { maxAccounts: 3, emails: 'OPTIONAL' } as const;
    const { userErrors } = checkAccounts(
      LIST,
      asked(
        ['222233334444', null],
        ['333344445555', `${'l'.repeat(70)}@example.com`],
        ['444455556666', 'a b@c'],
      ),
      rules,
    );
    expect(userErrors.map(({ field }) => field?.join('.'))).toEqual(['input.accounts.2.email']);
  });

  it('refuses none and too many', () => {
    expect(checkAccounts(LIST, [], GUARDDUTY).userErrors).toEqual([
      { field: LIST, code: 'INVALID_INPUT', message: 'expected 1 to 3 accounts, got an empty list' },
    ]);
    const four = asked(...[1, 2, 3, 4].map((n): [string, string] => [`22223333444${n}`, 'a@example.com']));
    expect(checkAccounts(LIST, four, GUARDDUTY).userErrors).toEqual([
      {
        field: LIST,
        code: 'TOO_MANY_ACCOUNTS',
        message: 'expected at most 3 accounts in a request, got 4; split it into several',
      },
    ]);
  });
});
