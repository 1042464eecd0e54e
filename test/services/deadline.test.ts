import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { Cancellable } from '../../src/ports/cancellable.js';
import { Deadline, withDeadline } from '../../src/services/deadline.js';

const never = (): Promise<never> => new Promise(() => undefined);

describe('a deadline', () => {
  it('gives up a read that is under way when the time is over, and begins none afterwards', async () => {
    const deadline = new Deadline(0.02);
    const { signal } = deadline;
    await expect(deadline.within(never)).rejects.toMatchObject({ code: 'TIMED_OUT' });
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toBe(deadline.reason);
    let isBegun = false;
    const begin = async (): Promise<void> => {
      isBegun = true;
      await never();
    };
    await expect(deadline.within(begin)).rejects.toBe(deadline.reason);
    expect(isBegun).toBe(false);
  });

  it('comes when the caller leaves, and only once', async () => {
    const gone = new AbortController();
    const deadline = new Deadline(0.05, gone.signal);
    const listener = vi.fn();
    deadline.listen(listener);
    const read = deadline.within(never);
    gone.abort();
    await expect(read).rejects.toMatchObject({ message: expect.stringContaining('left') });
    const { reason } = deadline;
    await sleep(100);
    expect(listener).toHaveBeenCalledTimes(1);
    expect(deadline.reason).toBe(reason);
  });

  it('tells nobody who has stopped listening, and keeps nothing running', async () => {
    const gone = new AbortController();
    const deadline = new Deadline(0.02, gone.signal);
    const listener = vi.fn();
    deadline.listen(listener);
    deadline.unlisten(listener);
    expect(await deadline.within(() => Promise.resolve('read'))).toBe('read');
    await sleep(50);
    gone.abort();
    expect(listener).not.toHaveBeenCalled();
    expect(deadline.reason).toBeUndefined();
  });

  it('has a signal that has aborted when it is asked for too late', async () => {
    const deadline = new Deadline(0.01);
    await expect(deadline.within(never)).rejects.toMatchObject({ code: 'TIMED_OUT' });
    expect(deadline.signal.aborted).toBe(true);
  });

  it('leaves the errors of a read as they are', async () => {
    const failure = new Error('no');
    await expect(new Deadline(1).within(() => Promise.reject(failure))).rejects.toBe(failure);
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
    const cancellable: Cancellable = (ending, read) => {
      seen.push(ending);
      return read();
    };
    const [first, second] = [new Deadline(0.02), new Deadline(1)];
    const timely = withDeadline(port, () => first, cancellable);
    const other = withDeadline(port, () => second, cancellable);
    const timeless = withDeadline(port, () => null, cancellable);
    await expect(timely.never()).rejects.toMatchObject({ code: 'TIMED_OUT' });
    expect(await Promise.all([other.times(3, 4), timeless.times(5, 6)])).toEqual([24, 60]);
    expect(seen).toEqual([first, second]);
  });
});
