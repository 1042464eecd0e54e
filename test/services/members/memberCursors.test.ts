import { describe, expect, it } from 'vitest';
import { memberCursor, memberPlace, type MemberList } from '../../../src/services/members/memberCursors.js';

const target = { administrator: 'security', service: 'GUARDDUTY', region: 'eu-west-1' } as const;
const list: MemberList = { target, statuses: null, isCached: false };
const place = { token: 'a|b=/+', skip: 17 };

describe('the cursor of a member', () => {
  it('names its place, in characters that need no escape in a URL', () => {
    const cursor = memberCursor(list, place);
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(memberPlace(list, cursor)).toEqual(place);
    expect(memberPlace(list, memberCursor(list, { token: null, skip: 3 }))).toEqual({ token: null, skip: 3 });
    expect(memberPlace(list, null)).toEqual({ token: null, skip: 0 });
  });

  it('is the same for the same statuses in another order', () => {
    const one = memberCursor({ ...list, statuses: ['ENABLED', 'INVITED'] }, place);
    expect(memberPlace({ ...list, statuses: ['INVITED', 'ENABLED', 'INVITED'] }, one)).toEqual(place);
  });

  it.each<[string, MemberList]>([
    ['administrator', { ...list, target: { ...target, administrator: 'other' } }],
    ['service', { ...list, target: { ...target, service: 'SECURITY_HUB' } }],
    ['age', { ...list, isCached: true }],
    ['region', { ...list, target: { ...target, region: 'us-east-1' } }],
    ['status', { ...list, statuses: ['ENABLED'] }],
  ])('is refused in a list of another %s', (_what, other) => {
    const cursor = memberCursor(list, place);
    expect(() => memberPlace(other, cursor)).toThrow(
      `after: expected a cursor from a list of members with the same administrator, service, region and status, and with maxAgeSeconds if that one had it, got "${cursor.slice(0, 20)}`,
    );
  });

  it.each([
    ['nothing', ''],
    ['a word', 'banana'],
    ['without its digest', Buffer.from('1||17|token').toString('base64url')],
    ['of another version', Buffer.from('2|x|17|token').toString('base64url')],
  ])('is refused when it is %s', (_what, cursor) => {
    expect(() => memberPlace(list, cursor)).toThrow('after: expected a cursor');
  });

  it('is refused when its token or place was changed', () => {
    const text = Buffer.from(memberCursor(list, place), 'base64url').toString();
    for (const changed of [text.replace('|17|', '|18|'), text.replace('a|b', 'a|c')]) {
      expect(changed).not.toBe(text);
      expect(() => memberPlace(list, Buffer.from(changed).toString('base64url'))).toThrow('after: expected');
    }
  });
});
