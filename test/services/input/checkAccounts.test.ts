import { describe, expect, it } from 'vitest';
import { checkAccounts, type AccountInput } from '../../../src/services/input/checkAccounts.js';

const LIST = ['input', 'accounts'];
const GUARDDUTY = { maxAccounts: 3, isForGuardDuty: true, requiresEmails: true };

function inputs(...accounts: [accountId: string, email: string | null][]): AccountInput[] {
  return accounts.map(([accountId, email]) => ({ accountId, email }));
}

describe('checkAccounts', () => {
  it('takes ids alone, and names the place of a wrong one', () => {
    const rules = { ...GUARDDUTY, requiresEmails: false };
    const { accounts, faults } = checkAccounts(['input', 'accountIds'], ['222233334444', '17'], rules);
    expect(accounts).toEqual([{ accountId: '222233334444', email: null }]);
    expect(faults.map(({ path }) => path?.join('.'))).toEqual(['input.accountIds.1']);
  });

  it("holds an optional address to GuardDuty's rules", () => {
    const rules = { ...GUARDDUTY, requiresEmails: false };
    const { faults } = checkAccounts(LIST, inputs(['222233334444', null], ['333344445555', 'a@b']), rules);
    expect(faults.map(({ path }) => path?.join('.'))).toEqual(['input.accounts.1.email']);
  });

  it('returns accounts as they came, with leading zeros', () => {
    const { accounts, faults } = checkAccounts(
      LIST,
      inputs(['000000000012', 'one@example.com'], ['222233334444', 'two@example.com']),
      GUARDDUTY,
    );
    expect(faults).toEqual([]);
    expect(accounts).toEqual([
      { accountId: '000000000012', email: 'one@example.com' },
      { accountId: '222233334444', email: 'two@example.com' },
    ]);
  });

  it('counts an exact duplicate once', () => {
    const twice = inputs(
      ...Array.from({ length: 9 }, () => ['222233334444', 'two@example.com'] as const).map(
        (a): [string, string] => [...a],
      ),
    );
    const { accounts, faults } = checkAccounts(LIST, twice, GUARDDUTY);
    expect(faults).toEqual([]);
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
    const { faults } = checkAccounts(LIST, inputs([accountId, 'a@example.com']), GUARDDUTY);
    expect(faults).toEqual([
      { path: ['input', 'accounts', '0', 'accountId'], code: 'INVALID_INPUT', message },
    ]);
  });

  it('refuses a duplicate with another e-mail address', () => {
    const { faults } = checkAccounts(
      LIST,
      inputs(['222233334444', 'one@example.com'], ['222233334444', 'two@example.com']),
      GUARDDUTY,
    );
    expect(faults).toEqual([
      {
        path: ['input', 'accounts', '1', 'accountId'],
        code: 'DUPLICATE_ACCOUNT',
        message:
          'account 222233334444 is in the list twice, with different e-mail addresses: "one@example.com" (index 0) and "two@example.com" (index 1); expected it once',
      },
    ]);
  });

  it('takes one address in two cases once, as it came first', () => {
    const { accounts, faults } = checkAccounts(
      LIST,
      inputs(['222233334444', 'One@example.com'], ['222233334444', 'one@EXAMPLE.com']),
      GUARDDUTY,
    );
    expect(faults).toEqual([]);
    expect(accounts).toEqual([{ accountId: '222233334444', email: 'One@example.com' }]);
  });

  it.each(['\ufeff', '\u200b', '\u00a0', '\u2060'])(
    'shows the invisible character %j, with the length',
    (hidden) => {
      const forHub = { ...GUARDDUTY, isForGuardDuty: false, requiresEmails: false };
      const listed = inputs([`${hidden}222233334444`, null], ['222233334445', `one@example.com${hidden}`]);
      for (const rules of [GUARDDUTY, forHub]) {
        const { faults } = checkAccounts(LIST, listed, rules);
        const code = hidden.charCodeAt(0).toString(16).padStart(4, '0');
        expect(faults.map(({ message }) => message)).toEqual([
          `expected an AWS account id of exactly 12 digits, got "\\u${code}222233334444" (13 characters)`,
          expect.stringContaining(`got "one@example.com\\u${code}" (16 characters)`),
        ]);
      }
    },
  );

  it('names each account whose e-mail address is missing or wrong, for GuardDuty', () => {
    const { faults } = checkAccounts(
      LIST,
      inputs(['222233334444', null], ['333344445555', 'nobody'], ['444455556666', 'ok@example.com']),
      GUARDDUTY,
    );
    expect(faults.map(({ code, path }) => [code, path?.join('.')])).toEqual([
      ['EMAIL_REQUIRED', 'input.accounts.0.email'],
      ['INVALID_INPUT', 'input.accounts.1.email'],
    ]);
    expect(faults[0]?.message).toContain('222233334444');
    expect(faults[1]?.message).toContain('333344445555');
  });

  it('requires no e-mail address for Security Hub alone, and refuses text that is no address', () => {
    const rules = { maxAccounts: 3, isForGuardDuty: false, requiresEmails: true };
    const { faults } = checkAccounts(
      LIST,
      inputs(
        ['222233334444', null],
        ['333344445555', `${'l'.repeat(70)}@example.com`],
        ['444455556666', 'a b@c'],
      ),
      rules,
    );
    expect(faults.map(({ path }) => path?.join('.'))).toEqual(['input.accounts.2.email']);
  });

  it('refuses none and too many', () => {
    expect(checkAccounts(LIST, [], GUARDDUTY).faults).toEqual([
      { path: LIST, code: 'INVALID_INPUT', message: 'expected 1 to 3 accounts, got an empty list' },
    ]);
    const four = inputs(...[1, 2, 3, 4].map((n): [string, string] => [`22223333444${n}`, 'a@example.com']));
    expect(checkAccounts(LIST, four, GUARDDUTY).faults).toEqual([
      {
        path: LIST,
        code: 'TOO_MANY_ACCOUNTS',
        message: 'expected at most 3 accounts in a request, got 4; split it into several',
      },
    ]);
  });
});
