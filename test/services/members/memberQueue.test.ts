import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createMemberQueue,
  type QueuedRead,
  type ReadBatch,
} from '../../../src/services/members/memberQueue.js';

const idsOf = ({ reads }: ReadBatch<string>) => reads.map(({ accountId }) => accountId);
const queueOf = (accounts: number) => {
  const queue = createMemberQueue<string>();
  const reads = Array.from({ length: accounts }, (_, n) => queue.join(`a${n}`, n));
  return { queue, reads };
};

it('carries accounts of all callers in turns', () => {
  const queue = createMemberQueue<string>();
  for (let n = 0; n < 120; n++) {
    queue.join(`a${n}`, n, 'A');
  }
  queue.join('b0', 200, 'B');
  queue.join('c0', 201, 'C');
  queue.join('b1', 202, 'B');
  const ids = queue.takeBatch().reads.map(({ accountId }) => accountId);
  expect(ids.slice(0, 6)).toEqual(['a0', 'b0', 'c0', 'a1', 'b1', 'a2']);
  expect(ids).toHaveLength(50);
});

describe('a queue of accounts', () => {
  it('fills calls of 50 accounts in the order the accounts came', () => {
    const { queue } = queueOf(120);
    expect(queue.calls()).toBe(3);
    const batches = [queue.takeBatch(), queue.takeBatch(), queue.takeBatch()].map(idsOf);
    expect(batches.map(({ length }) => length)).toEqual([50, 50, 20]);
    expect(batches.flat()).toEqual(Array.from({ length: 120 }, (_, n) => `a${n}`));
    expect([queue.calls(), queue.deadline()]).toEqual([0, null]);
  });

  it('shares the read of an account among its callers, until a call carries it', () => {
    const { queue, reads } = queueOf(1);
    expect(queue.join('a0', 10)).toBe(reads[0]);
    expect(queue.deadline()).toBe(0);
    expect(idsOf(queue.takeBatch())).toEqual(['a0']);
    expect(queue.join('a0', 20)).not.toBe(reads[0]);
    expect(queue.deadline()).toBe(20);
  });

  it('drops an account when its last caller leaves', () => {
    const { queue, reads } = queueOf(2);
    const [first] = reads;
    queue.join('a0', 5);
    queue.leave(first ?? expect.unreachable());
    expect(queue.calls()).toBe(1);
    queue.leave(first ?? expect.unreachable());
    expect(idsOf(queue.takeBatch())).toEqual(['a1']);
  });

  it('aborts a call when the last caller of its last account leaves', () => {
    const { queue, reads } = queueOf(2);
    const { abandoned } = queue.takeBatch();
    const aborted = reads.map((read) => {
      queue.leave(read);
      return abandoned.signal.aborted;
    });
    expect(aborted).toEqual([false, true]);
  });

  it('keeps a new read when a caller of an earlier read of the account leaves', () => {
    const { queue, reads } = queueOf(1);
    queue.takeBatch();
    queue.join('a0', 1);
    queue.leave(reads[0] ?? expect.unreachable());
    expect(idsOf(queue.takeBatch())).toEqual(['a0']);
  });

  it('expires the reads up to a deadline, and keeps the later ones', () => {
    const { queue } = queueOf(4);
    expect(queue.expire(1).map(({ accountId }) => accountId)).toEqual(['a0', 'a1']);
    expect(idsOf(queue.takeBatch())).toEqual(['a2', 'a3']);
  });
});

type Step =
  | { readonly kind: 'JOIN'; readonly account: number }
  | { readonly kind: 'LEAVE'; readonly caller: number }
  | { readonly kind: 'BATCH' }
  | { readonly kind: 'EXPIRE'; readonly back: number };

const join = fc.record({ kind: fc.constant('JOIN' as const), account: fc.nat({ max: 70 }) });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 30, arbitrary: join },
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('LEAVE' as const), caller: fc.nat() }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'BATCH' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('EXPIRE' as const), back: fc.nat({ max: 60 }) }),
  },
);

/** Expects that the calls of which no read has a caller are aborted, and no others. */
function expectAborted(batches: readonly ReadBatch<string>[], callers: readonly QueuedRead<string>[]): void {
  for (const { reads, abandoned } of batches) {
    const isAbandoned = reads.length > 0 && reads.every((read) => !callers.includes(read));
    expect(abandoned.signal.aborted).toBe(isAbandoned);
  }
}

it('a queue lets every account out exactly once, unless all its callers left', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400, size: 'max' }), (steps) => {
      const queue = createMemberQueue<string>();
      const reads = new Set<QueuedRead<string>>();
      const callers: QueuedRead<string>[] = [];
      const out: QueuedRead<string>[] = [];
      const batches: ReadBatch<string>[] = [];
      const takeBatch = () => {
        const batch = queue.takeBatch();
        expect(batch.reads.length).toBeLessThanOrEqual(50);
        expect(new Set(idsOf(batch)).size).toBe(batch.reads.length);
        expect(batch.reads.map(({ deadline }) => deadline)).toEqual(
          batch.reads.map(({ deadline }) => deadline).sort((a, b) => a - b),
        );
        batches.push(batch);
        out.push(...batch.reads);
      };
      for (const [now, next] of steps.entries()) {
        if (next.kind === 'JOIN') {
          const read = queue.join(String(next.account), now);
          reads.add(read);
          callers.push(read);
        } else if (next.kind === 'LEAVE' && callers.length > 0) {
          const [read] = callers.splice(next.caller % callers.length, 1);
          queue.leave(read ?? expect.unreachable());
        } else if (next.kind === 'BATCH') {
          takeBatch();
        } else if (next.kind === 'EXPIRE') {
          const expired = queue.expire(now - next.back);
          expect(expired.every(({ deadline }) => deadline <= now - next.back)).toBe(true);
          out.push(...expired);
        }
        expectAborted(batches, callers);
      }
      while (queue.calls() > 0) {
        takeBatch();
      }
      expect(new Set(out).size).toBe(out.length);
      for (const read of reads) {
        expect(out.includes(read) || !callers.includes(read)).toBe(true);
      }
    }),
    { numRuns: 50 },
  );
});
