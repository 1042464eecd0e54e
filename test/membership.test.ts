import { describe, expect, it } from 'vitest';
import { isAccountId, targetKey } from '../src/membership.js';

describe('isAccountId', () => {
  it('takes exactly 12 digits, leading zeros too', () => {
    expect(isAccountId('000000000012')).toBe(true);
  });

  it.each([
    '',
    '12345678901',
    '1234567890123',
    '12345678901a',
    ' 12345678901',
    '123456789012\n',
    '１２３４５６７８９０１２',
  ])('refuses %j', (text) => {
    expect(isAccountId(text)).toBe(false);
  });
});

describe('targetKey', () => {
  it('names administrator, service and region', () => {
    const key = targetKey({ administrator: 'security', service: 'GUARDDUTY', region: 'eu-west-1' });
    expect(key).toBe('security/GUARDDUTY/eu-west-1');
  });
});
