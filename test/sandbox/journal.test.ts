import { expect, it } from 'vitest';
import { createJournal } from '../../sandbox/calls/journal.js';

interface Note {
  readonly sequence: number;
  readonly text: string;
}

it('a journal keeps the newest entries: at least its limit, at most 10 % more', () => {
  const journal = createJournal<Note>(100);
  for (let i = 1; i <= 1_000; i++) {
    journal.add({ text: `note ${i}` });
    expect(journal.since(0).length).toBeLessThanOrEqual(110);
    expect(journal.since(0).length).toBeGreaterThanOrEqual(Math.min(i, 100));
  }
  expect(journal.since(998)).toEqual([
    { sequence: 999, text: 'note 999' },
    { sequence: 1_000, text: 'note 1000' },
  ]);
  expect(journal.since(1_000)).toEqual([]);
});
