import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fullPace,
  hold,
  observeQuota,
  recover,
  requestsNow,
  slowDown,
  spend,
  waitForPartial,
  waitForQuota,
  type Pace,
} from '../../src/lanes/pace.js';

const FULL = { partial: false };
const PARTIAL = { partial: true };

const times = (count: number, pace: Pace, change: (pace: Pace, index: number) => Pace): Pace =>
  Array.from({ length: count }).reduce<Pace>((before, _, index) => change(before, index), pace);

describe("a lane's pace", () => {
  it('lets the burst go at once, then the rate', () => {
    let pace = fullPace({ perSecond: 10, burst: 3 });
    for (let call = 0; call < 3; call += 1) {
      expect(waitForQuota(pace, 0)).toBe(0);
      pace = spend(pace, FULL, 0);
    }
    expect(waitForQuota(pace, 0)).toBe(100);
    expect(waitForQuota(pace, 100)).toBe(0);
  });

  it('lets two partial calls go at once, then a quarter of the rate', () => {
    const one = spend(fullPace({ perSecond: 10, burst: 30 }), PARTIAL, 0);
    expect(waitForPartial(one, 0)).toBe(0);
    const two = spend(one, PARTIAL, 0);
    expect(waitForPartial(two, 0)).toBe(400);
    expect(waitForQuota(two, 0)).toBe(0);
    expect(waitForPartial(two, 400)).toBe(0);
  });

  it('makes partial calls wait for the quota too', () => {
    expect(waitForPartial(spend(fullPace({ perSecond: 10, burst: 1 }), FULL, 0), 0)).toBe(100);
  });

  it('follows the newest word of the record', () => {
    const behind = observeQuota(fullPace({ perSecond: 10, burst: 3 }), 0.3, 0);
    expect(waitForQuota(behind, 0)).toBe(100);
    const further = observeQuota(behind, 0.45, 0);
    expect(waitForQuota(further, 0)).toBe(250);
    // It was heard late: the lane does not stay behind for good.
    const sooner = observeQuota(further, 0.35, 0);
    expect(waitForQuota(sooner, 0)).toBe(150);
    expect(waitForQuota(sooner, 150)).toBe(0);
    const full = observeQuota(fullPace({ perSecond: 10, burst: 3 }), 0, 0);
    expect(
      waitForQuota(
        times(3, full, (pace) => spend(pace, FULL, 0)),
        0,
      ),
    ).toBe(100);
  });

  it('is not faster than the record, nor than a throttling answer allows', () => {
    const slowed = slowDown(fullPace({ perSecond: 10, burst: 3 }), 0);
    expect(waitForQuota(observeQuota(slowed, 0, 0), 0)).toBe(200);
    expect(waitForQuota(observeQuota(slowed, 0.5, 0), 0)).toBe(600);
  });

  it('says how many requests may leave now', () => {
    const full = fullPace({ perSecond: 10, burst: 3 });
    expect(requestsNow(full, 0)).toBe(3);
    const spent = times(3, full, (pace) => spend(pace, FULL, 0));
    expect([0, 99, 100, 250, 300, 1_000].map((now) => requestsNow(spent, now))).toEqual([0, 0, 1, 2, 3, 3]);
    expect(requestsNow(hold(full, 50, 0), 49)).toBe(0);
    expect(requestsNow(hold(full, 50, 0), 50)).toBe(3);
  });

  it('halves when throttled, once for calls throttled together, and comes back with other answers', () => {
    const slowed = slowDown(slowDown(fullPace({ perSecond: 10, burst: 3 }), 0), 0);
    expect(waitForQuota(slowed, 0)).toBe(200);
    const faster = times(5, slowed, (pace) => recover(pace, 0));
    expect(waitForQuota(faster, 0)).toBe(134);
    const recovered = times(100, faster, (pace) => recover(pace, 0));
    expect(waitForQuota(recovered, 0)).toBe(100);
    const slowest = times(20, recovered, (pace, index) => slowDown(pace, (index + 1) * 1_000));
    expect(waitForQuota(slowest, 20_000)).toBe(1_000);
  });

  it('lets no stretch of time have more requests than the burst and the rate allow', () => {
    fc.assert(
      fc.property(
        fc.record({ perSecond: fc.integer({ min: 1, max: 50 }), burst: fc.integer({ min: 1, max: 40 }) }),
        fc.array(fc.record({ idleMs: fc.nat(2_000), partial: fc.boolean() }), { maxLength: 100 }),
        (rate, requests) => {
          let pace = fullPace(rate);
          let now = 0;
          const sent: { at: number; partial: boolean }[] = [];
          for (const { idleMs, partial } of requests) {
            now += idleMs;
            now += partial ? waitForPartial(pace, now) : waitForQuota(pace, now);
            expect(partial ? waitForPartial(pace, now) : waitForQuota(pace, now)).toBe(0);
            pace = spend(pace, { partial }, now);
            sent.push({ at: now, partial });
          }
          expectWithin(sent, rate);
          expectWithin(
            sent.filter(({ partial }) => partial),
            { perSecond: rate.perSecond / 4, burst: Math.min(2, rate.burst) },
          );
        },
      ),
    );
  });
});

function expectWithin(
  sent: readonly { at: number }[],
  { perSecond, burst }: { perSecond: number; burst: number },
): void {
  for (const [first, { at: from }] of sent.entries()) {
    for (const [index, { at: to }] of sent.slice(first).entries()) {
      expect(index + 1).toBeLessThanOrEqual(burst + ((to - from) * perSecond) / 1_000 + 1e-6);
    }
  }
}
