import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFairTurns, type EndTurn, type FairTurns } from '../../src/services/fairTurns.js';

const LIMITS = { total: 3, perCaller: 2, waiting: 10 };

/** Takes turns, and notes which have begun. */
function taker(turns: FairTurns) {
  const begun: string[] = [];
  const ends = new Map<string, EndTurn>();
  const take = async (name: string, weight = 1, signal?: AbortSignal): Promise<void> => {
    const end = await turns.take(name.slice(0, 1), weight, signal);
    begun.push(name);
    ends.set(name, end);
  };
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await settle();
  };
  return { begun, take, end, settle };
}

describe('turns of callers', () => {
  it('gives a caller its share, and another caller the room beside it', async () => {
    const { begun, take, settle } = taker(createFairTurns(LIMITS));
    for (const name of ['a1', 'a2', 'a3', 'b1']) {
      void take(name);
    }
    await settle();
    expect(begun).toEqual(['a1', 'a2', 'b1']);
  });

  it('rotates over callers that wait, and keeps the order of each', async () => {
    const { begun, take, end, settle } = taker(createFairTurns({ ...LIMITS, total: 1 }));
    for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) {
      void take(name);
    }
    await settle();
    for (const name of ['a1', 'b1', 'c1', 'a2', 'b2']) {
      await end(name);
    }
    expect(begun).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
  });

  it('counts the weight of a turn, at most a limit', async () => {
    const { begun, take, end, settle } = taker(createFairTurns({ total: 30, perCaller: 10, waiting: 10 }));
    void take('a-large', 1_000);
    void take('a-small');
    void take('b-other', 10);
    await settle();
    expect(begun).toEqual(['a-large', 'b-other']);
    await end('a-large');
    expect(begun).toEqual(['a-large', 'b-other', 'a-small']);
  });

  it('refuses a turn when too many of the caller wait', async () => {
    const turns = createFairTurns({ total: 1, perCaller: 1, waiting: 2 });
    const { take } = taker(turns);
    for (const name of ['a1', 'a2', 'a3', 'b1']) {
      void take(name);
    }
    await expect(turns.take('a')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      details: { limit: 'WAITING_OPERATIONS', maximum: 2, retryAfterSeconds: 1 },
    });
  });

  it('forgets a wait whose signal aborts, and begins the next', async () => {
    const { begun, take, end, settle } = taker(createFairTurns({ total: 2, perCaller: 2, waiting: 10 }));
    const left = new AbortController();
    void take('a1');
    const waiting = take('a2', 2, left.signal);
    void take('a3');
    await settle();
    expect(begun).toEqual(['a1']);
    left.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
    await settle();
    expect(begun).toEqual(['a1', 'a3']);
    await end('a1');
    await expect(take('a4', 1, left.signal)).rejects.toThrow('left');
  });

  it('ends the turn of a work that fails', async () => {
    const turns = createFairTurns({ total: 1, perCaller: 1, waiting: 10 });
    await expect(turns.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await turns.run('a', () => Promise.resolve('yes'))).toBe('yes');
  });

  it('never exceeds a limit, and begins every turn in the end', async () => {
    const wanted = fc.array(
      fc.record({ caller: fc.constantFrom('a', 'b', 'c'), weight: fc.integer({ min: 1, max: 6 }) }),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(wanted, async (takes) => {
        const turns = createFairTurns({ total: 7, perCaller: 4, waiting: 100 });
        const taken = { a: 0, b: 0, c: 0 };
        const all = takes.map(async ({ caller, weight }) => {
          const end = await turns.take(caller, weight);
          const counted = Math.min(weight, 4);
          taken[caller] += counted;
          expect(taken[caller]).toBeLessThanOrEqual(4);
          expect(taken.a + taken.b + taken.c).toBeLessThanOrEqual(7);
          await new Promise((resolve) => setImmediate(resolve));
          taken[caller] -= counted;
          end();
          // A second call has no effect.
          end();
        });
        await Promise.all(all);
      }),
    );
  });
});
