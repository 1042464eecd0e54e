import { describe, expect, it } from 'vitest';
import { createEventLoopTurns } from '../../src/services/eventLoopTurns.js';

function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    // Keeps the event loop.
  }
}

describe('the turns of operations on the event loop', () => {
  it('leave it to others for as long as a long turn took', async () => {
    const turns = createEventLoopTurns();
    const ends: number[] = [];
    const pauses: number[] = [];
    const compute = async (): Promise<void> => {
      await turns.take('a');
      pauses.push(performance.now() - (ends.at(-1) ?? Infinity));
      work(20);
      ends.push(performance.now());
    };
    await Promise.all([compute(), compute(), compute()]);
    expect(Math.min(...pauses.slice(1))).toBeGreaterThanOrEqual(19);
  });

  it('begin in each iteration while they are short', async () => {
    // By a clock that stands still: on a busy machine any turn may take long.
    const turns = createEventLoopTurns(() => 0);
    let iterations = 0;
    const count = (): void => {
      iterations += 1;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    await Promise.all(Array.from({ length: 20 }, () => turns.take('a')));
    clearImmediate(next);
    expect(iterations).toBeLessThanOrEqual(25);
  });
});
