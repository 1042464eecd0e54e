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

it('reads a long line once', { timeout: 10_000 }, () => {
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });
  // Read once for each of its characters, these ten million would take hours.
  log.info({ words: 'x'.repeat(10_000_000), who: 'ann@example.com' }, 'long');
  expect(lines[0]?.length).toBeGreaterThan(10_000_000);
  expect(lines[0]).toContain('"***@example.com"');
});
