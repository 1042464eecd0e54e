import { describe, expect, it } from 'vitest';
import { addressIn, createTrustProxy } from '../../../src/http/request/clientAddress.js';

describe('an entry of X-Forwarded-For', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['203.0.113.9:52344', '203.0.113.9'],
    ['2001:db8::9', '2001:db8::9'],
    ['[2001:db8::9]', '2001:db8::9'],
    ['[2001:db8::9]:52344', '2001:db8::9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['[::ffff:203.0.113.9]:80', '203.0.113.9'],
    ['unknown', null],
    ['_hidden', null],
    ['010.0.0.1', null],
    ['203.0.113', null],
    ['203.0.113.9:', null],
    ['[203.0.113.9', null],
    ['fe80::1%eth0', null],
    ["'; DROP TABLE request; --", null],
    ['<script>', null],
    ['', null],
  ])('%j has the address %j', (entry, address) => {
    expect(addressIn(entry)).toBe(address);
  });
});

it('a proxy is trusted by its address or its network, in every form', () => {
  const isTrusted = createTrustProxy(['10.0.0.0/8', '192.0.2.1', '2001:db8::/32', '::1']);
  for (const sender of [
    '10.1.2.3',
    '::ffff:10.1.2.3',
    '10.1.2.3:443',
    '192.0.2.1',
    '[2001:db8:1::2]:80',
    '::1',
  ]) {
    expect([sender, isTrusted(sender)]).toEqual([sender, true]);
  }
  for (const sender of ['11.1.2.3', '192.0.2.2', '2001:db9::1', 'unknown', '10.1.2', '']) {
    expect([sender, isTrusted(sender)]).toEqual([sender, false]);
  }
});
