import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { createDeadline, withDeadline, type PerformRead } from '../../src/services/deadline.js';

const never = (): Promise<never> => new Promise(() => undefined);

describe('a deadline', () => {
  it('rejects a read that runs when the time is over, and begins no read afterwards', async () => {
    const deadline = createDeadline(0.02);
    const { signal } = deadline;
    await expect(deadline.within(never)).rejects.toMatchObject({ code: 'TIMED_OUT' });
    expect(signal.aborted).toBe(true);
    let isBegun = false;
    const begin = async (): Promise<void> => {
      isBegun = true;
      await never();
    };
    await expect(deadline.within(begin)).rejects.toBe(signal.reason);
    expect(isBegun).toBe(false);
  });

  it('begins no read when its time is over before the first', async () => {
    const deadline = createDeadline(0.01);
    await sleep(20);
    const read = vi.fn(never);
    await expect(deadline.within(read)).rejects.toMatchObject({ code: 'TIMED_OUT' });
    expect(read).not.toHaveBeenCalled();
  });

  it('aborts when the client disconnects, and only once', async () => {
    const disconnected = new AbortController();
    const deadline = createDeadline(0.05, disconnected.signal);
    const listener = vi.fn();
    deadline.signal.addEventListener('abort', listener);
    const read = deadline.within(never);
    disconnected.abort();
    await expect(read).rejects.toMatchObject({ message: expect.stringContaining('disconnected') });
    const reason: unknown = deadline.signal.reason;
    await sleep(100);
    expect(listener).toHaveBeenCalledTimes(1);
    expect(deadline.signal.reason).toBe(reason);
  });

  it('keeps no timer and no listener when no read runs', async () => {
    const disconnected = new AbortController();
    const deadline = createDeadline(0.02, disconnected.signal);
    const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const reads = [deadline.within(() => first.promise), deadline.within(() => second.promise)];
    first.resolve('first');
    second.resolve('second');
    expect(await Promise.all(reads)).toEqual(['first', 'second']);
    await sleep(50);
    disconnected.abort();
    expect(deadline.signal.aborted).toBe(false);
  });

  it('leaves the errors of a read as they are', async () => {
    const failure = new Error('no');
    await expect(createDeadline(1).within(() => Promise.reject(failure))).rejects.toBe(failure);
  });
});

describe('a port with a deadline', () => {
  const port = {
    factor: (): Promise<number> => Promise.resolve(2),
    async times(one: number, other: number): Promise<number> {
      return one * other * (await this.factor());
    },
    never,
  };

  it('reads as the port does, each operation with a deadline of its own', async () => {
    const seen: unknown[] = [];
    const perform: PerformRead = (read, signal) => {
      seen.push(signal);
      return read();
    };
    const [first, second] = [createDeadline(0.02), createDeadline(1)];
    const timed = withDeadline(port, () => first, perform);
    const other = withDeadline(port, () => second, perform);
    const untimed = withDeadline(port, () => null, perform);
    await expect(timed.never()).rejects.toMatchObject({ code: 'TIMED_OUT' });
    expect(await Promise.all([other.times(3, 4), untimed.times(5, 6)])).toEqual([24, 60]);
    expect(seen).toEqual([first.signal, second.signal, undefined]);
  });
});
