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

  it('goes on where the record says that the quota is', () => {
    const pacer = createPacer({ perSecond: 10, burst: 3 });
    pacer.behind(0.3);
    expect(pacer.wait()).toBe(100);
    pacer.behind(0.45);
    expect(pacer.wait()).toBe(250);
    pacer.behind(0);
    expect(pacer.wait()).toBe(250);
    vi.advanceTimersByTime(250);
    expect(pacer.wait()).toBe(0);
    const rested = createPacer({ perSecond: 10, burst: 3 });
    rested.behind(0);
    for (let call = 0; call < 3; call += 1) {
      rested.spend(false);
    }
    expect(rested.wait()).toBe(100);
  });

  it('halves its pace when throttled, once for calls throttled together, and wins it back', () => {
    const pacer = createPacer({ perSecond: 10, burst: 3 });
    pacer.slowDown();
    pacer.slowDown();
    expect(pacer.wait()).toBe(200);
    for (let answer = 0; answer < 5; answer += 1) {
      pacer.recover();
    }
    expect(pacer.wait()).toBe(134);
    for (let answer = 0; answer < 100; answer += 1) {
      pacer.recover();
    }
    expect(pacer.wait()).toBe(100);
    for (let times = 0; times < 20; times += 1) {
      vi.advanceTimersByTime(1_000);
      pacer.slowDown();
    }
    expect(pacer.wait()).toBe(1_000);
  });
});
