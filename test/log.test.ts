import { expect, it } from 'vitest';
import { createLog } from '../src/log.js';

it('blacks out addresses, passwords and tokens, wherever they stand', () => {
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });
  const token = `mgw_${'x'.repeat(43)}`;
  const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl';
  const err = new Error(`Failing row contains (222233334444, ann.o'neill+x@example.com, ${token})`);
  log.error(
    { err, url: 'postgresql://gateway:pa55word@db.example.com/x', header: `Bearer ${jwt}` },
    'to <bob@example.com>',
  );
  const text = lines.join('');
  for (const secret of ['neill', 'bob', 'pa55word', 'xxxx', 'eyJzdWIi', 'c2ln']) {
    expect(text).not.toContain(secret);
  }
  expect(JSON.parse(text)).toMatchObject({
    msg: 'to <***@example.com>',
    url: 'postgresql://***@db.example.com/x',
    header: 'Bearer eyJ***',
    err: { message: expect.stringContaining('Failing row contains (222233334444,') },
  });
});

it('cuts a long line, and reads it once', { timeout: 10_000 }, () => {
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });
  // Read once for each of its characters, these ten million would take hours.
  log.info({ words: 'x'.repeat(10_000_000), who: 'ann@example.com' }, 'long');
  const cut = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
  expect(cut).toMatchObject({ level: 30, time: expect.any(String), msg: 'a long line, cut' });
  expect(cut['characters']).toBeGreaterThan(10_000_000);
  expect(cut['end']).toMatch(/xx","who":"\*\*\*@example.com","msg":"long"\}$/);
});

it('never writes a line of more than 32,000 characters', () => {
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });
  for (const length of [15_000, 16_000, 100_000]) {
    for (const letter of ['x', '"', '\\', '\u0000', '\ud800', '@']) {
      const err = new Error(letter.repeat(length), { cause: new Error(letter.repeat(length)) });
      log.error({ err, nested: { list: [letter.repeat(length)] } }, letter.repeat(length));
    }
  }
  expect(lines).toHaveLength(18);
  for (const line of lines) {
    expect(line.length).toBeLessThan(32_000);
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(JSON.parse(line)).toMatchObject({ level: 50 });
  }
});

it('redacts what the cut of a long line divides', () => {
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });
  for (let length = 11_900; length < 12_000; length += 7) {
    log.info({
      words: `${' '.repeat(length)}mgw_${'s'.repeat(43)} annabel.lee@example.com ${' '.repeat(9_000)}`,
    });
  }
  expect(lines.join('')).not.toMatch(/s{6}|annabel/);
});
