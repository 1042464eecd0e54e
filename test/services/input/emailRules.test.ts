import { describe, expect, it } from 'vitest';
import { guardDutyEmailFault, securityHubEmailFault } from '../../../src/services/input/emailRules.js';

describe("GuardDuty's e-mail rules", () => {
  it.each([
    'a@b.cd',
    'security+aws@example.com',
    'first.last!#$*+-/=?^_`{}~@sub-domain.example.co',
    `${'l'.repeat(52)}@example.com`,
    '1@2.34',
  ])('takes %s', (email) => {
    expect(guardDutyEmailFault(email)).toBeNull();
  });

  it.each([
    ['a@b.c', 'expected 6 to 64 characters, got 5'],
    [`${'l'.repeat(53)}@example.com`, 'expected 6 to 64 characters, got 65'],
    ['nobody', 'expected exactly one @, got 0'],
    ['a@b@example.com', 'expected exactly one @, got 2'],
  ])('refuses %s: %s', (email, fault) => {
    expect(guardDutyEmailFault(email)).toBe(fault);
  });

  it.each(Array.from('"\'()<>[]:,\\|%& \t\n\u00e9\u0000', (character) => [character]))(
    'refuses %j before the @',
    (character) => {
      expect(guardDutyEmailFault(`ab${character}cd@example.com`)).toContain('before the @');
    },
  );

  it.each(['.ab@example.com', '@example.com'])('refuses the local part of %s', (email) => {
    expect(guardDutyEmailFault(email)).toContain('before the @');
  });

  it.each([
    'ab@example',
    'ab@.example.com',
    'ab@example.com.',
    'ab@-example.com',
    'ab@example.com-',
    'ab@exa_mple.com',
    'ab@ex mple.com',
  ])('refuses the domain of %s', (email) => {
    expect(guardDutyEmailFault(email)).toContain('domain');
  });
});

describe("Security Hub's e-mail rules", () => {
  it('takes what GuardDuty finds too long', () => {
    expect(securityHubEmailFault(`${'l'.repeat(60)}@example.com`)).toBeNull();
  });

  it.each(['', 'nobody', 'a@b@c', 'a b@c', `${'l'.repeat(320)}@c`])('refuses %j', (email) => {
    expect(securityHubEmailFault(email)).toBe('expected one e-mail address of at most 320 characters');
  });
});
