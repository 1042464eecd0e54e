import fc from 'fast-check';
import { describe, expect, inject, it } from 'vitest';
import { identifierOf, MAX_TEXT, objectsOf, textOf, timeOf } from '../../src/upstream/answerText.js';
import { onServer } from '../support/database.js';

/** Texts with everything that PostgreSQL refuses: NUL, half a surrogate pair, and lengths around the limit. */
const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\0', '\uD800', '\uDC00', '\u0001', '\uFFFF', '\u{10FFFF}', 'a'),
    fc.string({ unit: 'binary' }),
  ),
  maxLength: MAX_TEXT.word + 40,
});

describe('a text of an answer', () => {
  it('can be held by PostgreSQL, as text and in JSON', async () => {
    const values = fc.sample(fc.oneof(anyText, fc.jsonValue()), 500);
    const texts = values.map((value) => textOf(value, MAX_TEXT.word));
    await onServer(inject('databaseServerUrl'), async (client) => {
      const { rows } = await client.query<{ kept: string[]; json: string[] }>(
        'SELECT $1::text[] AS kept, $2::jsonb AS json',
        [texts, JSON.stringify(texts)],
      );
      expect(rows[0]).toEqual({ kept: texts, json: texts });
    });
    expect(texts.filter((text) => text.length > MAX_TEXT.word)).toEqual([]);
  });

  it('is unchanged when it is an ordinary one', () => {
    const words = ' é “verbatim”\n\u{1F512} ';
    expect(textOf(words, MAX_TEXT.sentence)).toBe(words);
  });

  it('shows where it was cut, and what cannot be shown', () => {
    expect(textOf('x'.repeat(200), 10)).toBe('xxxxxxx...');
    expect(textOf('a\0b\uD800', 10)).toBe('a\uFFFDb\uFFFD');
    expect(textOf(5, 10)).toBe('5');
    expect(textOf({ a: [null] }, 20)).toBe('{"a":[null]}');
    expect(textOf(null, 10)).toBe('');
  });
});

it('an identifier is kept unchanged or not at all', () => {
  expect(identifierOf('12abc', 5)).toBe('12abc');
  for (const value of ['', '123456', 'a\0', '\uD800', 5, null, undefined, {}]) {
    expect(identifierOf(value, 5)).toBeNull();
  }
});

it('a time is one that PostgreSQL has', () => {
  expect(timeOf('2026-03-01T12:00:00.5Z')).toEqual(new Date('2026-03-01T12:00:00.5Z'));
  expect(timeOf(new Date(0))).toEqual(new Date(0));
  for (const value of ['-271821-04-20T00:00:00Z', '+275760-09-13T00:00:00Z', 'soon', 5, null, undefined]) {
    expect(timeOf(value)).toBeNull();
  }
});

it('a list holds objects only', () => {
  expect(objectsOf([{ a: 1 }, {}])).toEqual([{ a: 1 }, {}]);
  for (const value of [[null], ['a'], 'a', {}, undefined, Array.from({ length: 1_001 }, () => ({}))]) {
    expect(objectsOf(value)).toBeNull();
  }
});
