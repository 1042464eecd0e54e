import { describe, expect, it } from 'vitest';
import { quoted } from '../src/errors.js';

describe('quoted', () => {
  it.each([
    ['mars-1', '"mars-1"'],
    ['', '""'],
    ['a "b" \\', '"a \\"b\\" \\\\"'],
    ['a\0b\n', '"a\\u0000b\\n"'],
  ])('shows %j as JSON does', (value, shown) => {
    expect(quoted(value)).toBe(shown);
  });

  it('repeats the first 80 characters of a longer value', () => {
    expect(quoted('x'.repeat(80))).toBe(`"${'x'.repeat(80)}"`);
    expect(quoted('x'.repeat(81))).toBe(`"${'x'.repeat(80)}..."`);
  });
});
