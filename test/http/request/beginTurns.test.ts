import { expect, it } from 'vitest';
import { createBeginTurns } from '../../../src/http/request/beginTurns.js';

it('of many requests of one credential, few begin in an iteration of the event loop, and one of another is among the first', async () => {
  const take = createBeginTurns();
  const begun: string[] = [];
  const all = ['crowd', 'other'].flatMap((credential) =>
    Array.from({ length: credential === 'crowd' ? 200 : 1 }, async () => {
      await take(credential);
      begun.push(credential);
    }),
  );
  const perIteration: number[] = [];
  while (begun.length < 201) {
    const before = begun.length;
    await new Promise((resolve) => setImmediate(resolve));
    perIteration.push(begun.length - before);
  }
  await Promise.all(all);
  expect(Math.max(...perIteration)).toBeLessThanOrEqual(4);
  expect(begun.indexOf('other')).toBeLessThanOrEqual(4);
});
