import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPacer } from '../../src/lanes/pacer.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date', 'hrtime'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a lane's pacer", () => {
  it('lets the burst go at once, then the rate', () => {
    const pacer = createPacer({ perSecond: 10, burst: 3 });
    for (let call = 0; call < 3; call += 1) {
      expect(pacer.wait()).toBe(0);
      pacer.spend(false);
    }
    expect(pacer.wait()).toBe(100);
    vi.advanceTimersByTime(100);
    expect(pacer.wait()).toBe(0);
  });

  it('lets two calls that are not full go at once, then a quarter of the rate', () => {
    const pacer = createPacer({ perSecond: 10, burst: 30 });
    pacer.spend(true);
    expect(pacer.waitPartial()).toBe(0);
    pacer.spend(true);
    expect(pacer.waitPartial()).toBe(400);
    expect(pacer.wait()).toBe(0);
    vi.advanceTimersByTime(400);
    expect(pacer.waitPartial()).toBe(0);
  });

  it('makes calls that are not full wait for the quota too', () => {
    const pacer = createPacer({ perSecond: 10, burst: 1 });
    pacer.spend(false);
    expect(pacer.waitPartial()).toBe(100);
  });
});
