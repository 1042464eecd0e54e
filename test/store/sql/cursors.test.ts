import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.js';
import { idBound, idCursor, outcomeBound, outcomeCursor } from '../../../src/store/sql/cursors.js';

const ID = '01900000-0000-7000-8000-0000000000ab';
const KEY = { targetId: '9223372036854775806', accountId: '000000000017' };

const idAfter = (kind: 'requests' | 'calls', after: string) => idBound(kind, { first: 1, after });
const outcomeAfter = (after: string) => outcomeBound({ first: 1, after });

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function faultOf(decode: () => unknown): string {
  try {
    decode();
  } catch (error) {
    if (error instanceof GatewayError) {
      return `${error.code} ${error.message}`;
    }
    throw error;
  }
  return 'none';
}

describe('a cursor', () => {
  it('holds its key, in characters that need no escape in a URL', () => {
    expect(idAfter('requests', idCursor('requests', ID))).toBe(ID);
    expect(idAfter('calls', idCursor('calls', ID))).toBe(ID);
    expect(outcomeAfter(outcomeCursor(KEY))).toEqual(KEY);
    expect(outcomeCursor(KEY)).toMatch(/^[\w-]+$/);
  });

  it('of another kind of list is refused, and the message names its kind', () => {
    const cursor = idCursor('requests', ID);
    const message = `BAD_USER_INPUT after: expected a cursor from a list of outcomes; "${cursor}" is from a list of requests`;
    expect(faultOf(() => outcomeAfter(cursor))).toBe(message);
    expect(faultOf(() => idAfter('calls', cursor))).toContain('expected a cursor from a list of calls');
    expect(faultOf(() => idAfter('requests', outcomeCursor(KEY)))).toContain('is from a list of outcomes');
  });

  it.each([
    ['nothing', ''],
    ['a word', 'banana'],
    ['no base64url', 'fGE='],
    ['another version', encode('2|outcomes|5|000000000017')],
    ['an unknown kind', encode('1|members|5|000000000017')],
    ['no key', encode('1|outcomes')],
    ['half a key', encode('1|outcomes|5')],
    ['too long a key', encode('1|outcomes|5|000000000017|6')],
    ['a target that is no number', encode('1|outcomes|five|000000000017')],
    ['a negative target', encode('1|outcomes|-5|000000000017')],
    ['a target past 64 bits', encode('1|outcomes|9223372036854775807|000000000017')],
    ['an invalid account', encode('1|outcomes|5|17')],
    ['a valid cursor with a character after it', `${outcomeCursor(KEY)}!`],
  ])('that is %s is refused', (_what, cursor) => {
    const message = `BAD_USER_INPUT after: expected a cursor from a list of outcomes; ${JSON.stringify(cursor)} is no cursor`;
    expect(faultOf(() => outcomeAfter(cursor))).toBe(message);
  });

  it('of a request or call whose key is no UUID is refused', () => {
    expect(faultOf(() => idAfter('calls', encode('1|calls|17')))).toContain('BAD_USER_INPUT after: ');
    expect(faultOf(() => idAfter('calls', encode(`1|calls|${ID}|${ID}`)))).toContain(
      'BAD_USER_INPUT after: ',
    );
  });

  it('that is wrong is named with its argument', () => {
    expect(faultOf(() => outcomeBound({ last: 1, before: 'banana' }))).toBe(
      'BAD_USER_INPUT before: expected a cursor from a list of outcomes; "banana" is no cursor',
    );
    expect(faultOf(() => idBound('calls', { last: 1, before: outcomeCursor(KEY) }))).toContain(
      'BAD_USER_INPUT before: expected a cursor from a list of calls',
    );
  });

  it('that is very long is cut in the message', () => {
    expect(faultOf(() => outcomeAfter('x'.repeat(100_000))).length).toBeLessThan(250);
  });
});
