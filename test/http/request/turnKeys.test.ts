import { expect, it } from 'vitest';
import { createTurnKeys } from '../../../src/http/request/turnKeys.js';

it('a credential that was accepted has the key of its caller, and others that of their address', () => {
  const keys = createTurnKeys();
  keys.set('Bearer good', 'TOKEN one');
  expect(keys.find('Bearer good', '10.0.0.1')).toBe('TOKEN one');
  const madeUp = Array.from({ length: 100 }, (_, n) => keys.find(`Bearer ${n}`, '10.0.0.1'));
  expect(new Set([...madeUp, keys.find(undefined, '10.0.0.1')]).size).toBe(1);
  expect(keys.find('Bearer 1', '10.0.0.2')).not.toBe(madeUp[1]);
  keys.set('Bearer good', null);
  expect(keys.find('Bearer good', '10.0.0.1')).toBe(madeUp[0]);
});

it('keeps a limited number of credentials', () => {
  const keys = createTurnKeys();
  for (let n = 0; n <= 10_000; n += 1) {
    keys.set(`Bearer ${n}`, `OIDC ${n}`);
  }
  expect(keys.find('Bearer 0', '10.0.0.1')).toBe('ADDRESS 10.0.0.1');
  expect(keys.find('Bearer 1', '10.0.0.1')).toBe('OIDC 1');
});
