import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TargetAddress } from '../../../src/membership.js';
import type { Refused } from '../../../src/ports/upstream.js';
import {
  createReadTurns,
  pauseBeforeRetry,
  pauseBeforeTurn,
} from '../../../src/services/members/readTurns.js';

const TARGET: TargetAddress = { administrator: 'security', service: 'GUARDDUTY', region: 'eu-west-1' };
const AT = new Date('2026-01-01T00:00:00Z');
const READ = { kind: 'READ' } as const;
const refused = (errorCode: string, httpStatus: number): Refused => ({
  kind: 'REFUSED',
  metadata: { httpStatus, awsRequestId: 'r', attempts: 1 },
  errorCode,
  errorMessage: errorCode,
});
const THROTTLED = refused('ThrottlingException', 429);
const DENIED = refused('AccessDeniedException', 403);

/** Turns with a clock that moves only when a read sleeps, and a quota that answers as told. */
const turnsOf = ({
  answers = [] as readonly { granted: number; wait: number }[],
  stopping = new AbortController(),
}) => {
  let now = 0;
  const sleeps: number[] = [];
  const wanted: number[] = [];
  const turns = createReadTurns(
    {
      reserve: async (_target, requests) => {
        const answer = answers[wanted.length] ?? { granted: 1, wait: 0 };
        wanted.push(requests);
        return { ...answer, at: AT };
      },
    },
    stopping.signal,
    {
      now: () => now,
      sleep: async (ms) => {
        sleeps.push(ms);
        now += ms;
      },
    },
  );
  return { turns, sleeps, wanted };
};

describe('the pause before a turn', () => {
  it('is as long as the quota says, and at most a second', () => {
    expect(pauseBeforeTurn(300, 0, 30_000)).toBe(300);
    expect(pauseBeforeTurn(5_000, 0, 30_000)).toBe(1_000);
  });

  it('is null when the turn comes after the deadline', () => {
    expect(pauseBeforeTurn(5_000, 25_000, 30_000)).toBe(1_000);
    expect(pauseBeforeTurn(5_000, 25_001, 30_000)).toBeNull();
  });
});

describe('the pause before a read is sent again', () => {
  it('is half a second, then one second, then no more', () => {
    expect([1, 2, 3].map((attempts) => pauseBeforeRetry(THROTTLED, attempts, 0, 30_000))).toEqual([
      500,
      1_000,
      null,
    ]);
  });

  it('is as long as the service asks (Retry-After)', () => {
    const asking = { ...THROTTLED, retryAfterMs: 7_000 };
    expect(pauseBeforeRetry(asking, 1, 0, 30_000)).toBe(7_000);
    expect(pauseBeforeRetry({ ...THROTTLED, retryAfterMs: 100 }, 1, 0, 30_000)).toBe(500);
    expect(pauseBeforeRetry(asking, 1, 25_000, 30_000)).toBeNull();
  });

  it('is null for a read that succeeded, or that another attempt does not cure', () => {
    expect(pauseBeforeRetry(READ, 1, 0, 30_000)).toBeNull();
    expect(pauseBeforeRetry(DENIED, 1, 0, 30_000)).toBeNull();
  });

  it('is null when it ends after the deadline', () => {
    expect(pauseBeforeRetry(THROTTLED, 1, 29_500, 30_000)).toBe(500);
    expect(pauseBeforeRetry(THROTTLED, 1, 29_501, 30_000)).toBeNull();
  });
});

describe('a turn', () => {
  it('is taken when the quota grants it, with the moment it was granted', async () => {
    const { turns, wanted } = turnsOf({ answers: [{ granted: 3, wait: 0 }] });
    expect(await turns.take(TARGET, 5, { deadline: 30_000 })).toEqual({ granted: 3, at: AT });
    expect(wanted).toEqual([5]);
  });

  it('of one request is THROTTLED when none is free before the deadline', async () => {
    const { turns } = turnsOf({ answers: [{ granted: 0, wait: 30_001 }] });
    await expect(turns.takeOne(TARGET, { deadline: 30_000 })).rejects.toMatchObject({
      code: 'THROTTLED',
      message:
        'GUARDDUTY in eu-west-1 as security: its rate leaves no room for this read within 30 seconds; try again later, or query fewer accounts at once',
    });
  });

  it('is not waited for once the process stops or the caller leaves', async () => {
    const stopping = new AbortController();
    const { turns } = turnsOf({ stopping });
    const reason = new Error('the caller left');
    const signal = AbortSignal.abort(reason);
    await expect(turns.take(TARGET, 1, { deadline: 30_000, signal })).rejects.toBe(reason);
    stopping.abort();
    await expect(turns.take(TARGET, 1, { deadline: 30_000 })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: 'the gateway is stopping; try again in a moment',
    });
  });

  it('never keeps a read past its deadline, with any answer of the quota', async () => {
    const answer = fc.record({ granted: fc.constantFrom(0, 0, 0, 2), wait: fc.nat({ max: 4_000 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(answer), fc.nat({ max: 20_000 }), async (answers, deadline) => {
        const { turns, sleeps, wanted } = turnsOf({ answers });
        const turn = await turns.take(TARGET, 2, { deadline });
        const slept = sleeps.reduce((sum, ms) => sum + ms, 0);
        expect(slept).toBeLessThanOrEqual(deadline);
        expect(Math.max(0, ...sleeps)).toBeLessThanOrEqual(1_000);
        const last = answers[wanted.length - 1] ?? { granted: 1, wait: 0 };
        expect(turn).toEqual(last.granted > 0 ? { granted: last.granted, at: AT } : null);
        if (turn === null) {
          expect(slept + last.wait).toBeGreaterThan(deadline);
        }
      }),
    );
  });
});

describe('a read that is sent', () => {
  it('ends with its first success, its first lasting failure or its third attempt, a turn for each retry', async () => {
    const answers = fc.array(fc.constantFrom(READ, THROTTLED, DENIED), { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(answers, async (planned) => {
        const { turns, sleeps, wanted } = turnsOf({});
        let attempts = 0;
        const answer = await turns.send(
          TARGET,
          { deadline: 30_000 },
          async () => planned[attempts++] ?? READ,
        );
        const decisive = planned.findIndex((one) => one !== THROTTLED);
        const expected = decisive === -1 ? 3 : decisive + 1;
        expect(attempts).toBe(expected);
        expect(answer).toBe(planned[expected - 1]);
        expect(wanted).toEqual(Array.from({ length: expected - 1 }, () => 1));
        expect(sleeps).toEqual([500, 1_000].slice(0, expected - 1));
      }),
    );
  });

  it('ends with its last answer when there is no turn for another attempt', async () => {
    const { turns } = turnsOf({ answers: [{ granted: 0, wait: 60_000 }] });
    expect(await turns.send(TARGET, { deadline: 30_000 }, async () => THROTTLED)).toBe(THROTTLED);
  });
});

describe('reads of several callers', () => {
  it('take turns, and only one of them requests the quota', async () => {
    let requesting = 0;
    const order: string[] = [];
    const turns = createReadTurns(
      {
        reserve: async () => {
          requesting += 1;
          expect(requesting).toBe(1);
          await new Promise((resolve) => setImmediate(resolve));
          requesting -= 1;
          return { granted: 1, wait: 0, at: AT };
        },
      },
      new AbortController().signal,
    );
    const deadline = performance.now() + 10_000;
    const read = async (callerKey: string): Promise<void> => {
      await turns.takeOne(TARGET, { deadline, callerKey });
      order.push(callerKey);
    };
    const many = Array.from({ length: 20 }, () => read('many'));
    await Promise.all([...many, read('one')]);
    expect(order.indexOf('one')).toBeLessThanOrEqual(2);
  });

  it('end in line at the deadline, and when the caller leaves', async () => {
    const stopping = new AbortController();
    const quota = { reserve: () => new Promise<never>(() => undefined) };
    const turns = createReadTurns(quota, stopping.signal);
    void turns.take(TARGET, 1, { deadline: performance.now() + 10_000 });
    expect(await turns.take(TARGET, 1, { deadline: performance.now() + 20 })).toBeNull();
    const left = new AbortController();
    const limits = { deadline: performance.now() + 10_000, signal: left.signal };
    const leaving = turns.take(TARGET, 1, limits);
    const staying = turns.take(TARGET, 1, { deadline: limits.deadline });
    left.abort(new Error('left'));
    await expect(leaving).rejects.toThrow('left');
    stopping.abort();
    await expect(staying).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
