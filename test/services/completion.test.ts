import { describe, expect, it } from 'vitest';
import { createEventLoopTurns } from '../../src/services/eventLoopTurns.js';
import { ANSWER_ENTRIES, createCompletion, type Completion } from '../../src/services/completion.js';
import { createDeadline } from '../../src/services/deadline.js';

const entries = (length: number): number[] => Array.from({ length }, (_, index) => index);

/** Completes lists, and keeps the CPU busy for each. */
async function completeAll(completion: Completion, lists: number, onList: () => void): Promise<void> {
  const complete = async (): Promise<void> => {
    expect(await completion.admit(entries(100))).toHaveLength(100);
    work(3);
    onList();
  };
  await Promise.all(Array.from({ length: lists }, complete));
}

/** Counts the iterations of the event loop. */
function countIterations() {
  let iterations = 0;
  const count = (): void => {
    iterations += 1;
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  return {
    soFar: () => iterations,
    end(): number {
      clearImmediate(next);
      return iterations;
    },
  };
}

function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    // Keeps the event loop.
  }
}

describe('the completing of an answer', () => {
  it('does not delay a short answer', () => {
    const completion = createCompletion(createEventLoopTurns(), 'a', () => null);
    const list = entries(500);
    expect(completion.admit(list)).toBe(list);
  });

  it('lets the event loop go on during a long answer', async () => {
    const completion = createCompletion(createEventLoopTurns(), 'a', () => null);
    const iterations = countIterations();
    await completeAll(completion, 100, () => undefined);
    // 8,000 entries after the first 2,000, at most 1,000 in a turn; the first turn is in the first iteration.
    expect(iterations.end()).toBeGreaterThanOrEqual(7);
  });

  it('lets the event loop go on when many short answers become ready together, and rotates over their callers', async () => {
    const turns = createEventLoopTurns();
    const order: string[] = [];
    const iterations = countIterations();
    const ready = Promise.resolve();
    const answer = async (caller: string): Promise<void> => {
      await ready;
      // As graphql-js does it: a list that is no promise is completed at once.
      const list: unknown = createCompletion(turns, caller, () => null).admit(entries(100));
      if (list instanceof Promise) {
        await list;
      }
      work(3);
      order.push(caller);
    };
    await Promise.all([...Array.from({ length: 60 }, () => answer('a')), answer('b')]);
    // 183 ms of work in pieces of about 10 ms.
    expect(iterations.end()).toBeGreaterThan(15);
    expect(order.indexOf('b')).toBeLessThan(20);
  });

  it('completes the entries of a long list in slices, in order', async () => {
    const completion = createCompletion(createEventLoopTurns(), 'a', () => null);
    const list = await completion.admit(entries(2_300));
    expect(list.filter((entry) => entry instanceof Promise)).toHaveLength(1_300);
    const completed: number[] = [];
    for (const entry of list) {
      completed.push(await entry);
    }
    expect(completed).toEqual(entries(2_300));
  });

  it('completes lists that wait together in one turn, up to 1,000 entries', async () => {
    const turns = createEventLoopTurns();
    turns.isIterationLong();
    work(15);
    const completion = createCompletion(turns, 'a', () => null);
    const iterations = countIterations();
    const iterationOf = async (): Promise<number> => {
      const list: unknown = completion.admit(entries(100));
      await list;
      return iterations.soFar();
    };
    const begun = await Promise.all(Array.from({ length: 15 }, iterationOf));
    iterations.end();
    expect(new Set(begun).size).toBe(2);
    expect(new Set(begun.slice(0, 10)).size).toBe(1);
  });

  it('rotates over operations of different callers', async () => {
    const turns = createEventLoopTurns();
    const order: string[] = [];
    const long = completeAll(
      createCompletion(turns, 'a', () => null),
      60,
      () => order.push('a'),
    );
    const short = completeAll(
      createCompletion(turns, 'b', () => null),
      10,
      () => order.push('b'),
    );
    await Promise.all([long, short]);
    expect(order.lastIndexOf('b')).toBeLessThan(50);
  });

  it('refuses an answer with too many entries', () => {
    const completion = createCompletion(createEventLoopTurns(), 'a', () => null);
    void completion.admit(entries(ANSWER_ENTRIES));
    expect(() => completion.admit([1])).toThrow(
      expect.objectContaining({
        code: 'LIMIT_EXCEEDED',
        details: { limit: 'ANSWER_ENTRIES', maximum: ANSWER_ENTRIES, actual: ANSWER_ENTRIES + 1 },
      }),
    );
  });

  it('ends at the deadline', () => {
    const completion = createCompletion(createEventLoopTurns(), 'a', () => createDeadline(0));
    expect(() => completion.admit([1])).toThrow(expect.objectContaining({ code: 'TIMED_OUT' }));
  });
});
