import { describe, expect, it } from 'vitest';
import { createDoorbell } from '../../src/lanes/wakeSignal.js';

describe('a doorbell', () => {
  it('wakes a sleeper', async () => {
    const bell = createDoorbell();
    const sleep = bell.sleep(null);
    bell.ring(false);
    expect(await sleep).toBe(true);
  });

  it('keeps a ring that nobody slept through, once', async () => {
    const bell = createDoorbell();
    bell.ring(false);
    bell.ring(false);
    expect(await bell.sleep(null)).toBe(true);
    expect(await bell.sleep(1)).toBe(false);
  });

  it('tells news of work from answers, and tells it once', () => {
    const bell = createDoorbell();
    expect(bell.takeNews()).toBe(true);
    bell.ring(false);
    expect(bell.takeNews()).toBe(false);
    bell.ring(true);
    bell.ring(false);
    expect([bell.takeNews(), bell.takeNews()]).toEqual([true, false]);
  });
});
