import { TokenBucket } from 'limiter';
import type { Rate } from '../ports/laneRecord.js';

/**
 * Calls that are not full get this share of the sustained rate, after this many at once. A crowd of small requests
 * thus finds room in few calls and leaves the quota to full ones, while a lone account, or two, go at once.
 */
const PARTIAL_SHARE = 0.25;
const PARTIAL_BURST = 2;

/**
 * On a throttle answer the pace halves, at most once in this time (milliseconds): calls that were in flight together are
 * throttled together. It never falls below a share of the configured rate, and each answer wins a share of it back.
 */
const SLOWER = { factor: 0.5, pauseMs: 1_000, floor: 0.1, recovery: 0.05 } as const;

/** Says when a lane's next request may leave, so that the record need not be asked in vain. */
export interface Pacer {
  /** Milliseconds until a request may leave; 0 is now. */
  wait(): number;
  /** Milliseconds until a call that is not full may leave; 0 is now. */
  waitPartial(): number;
  /** A request leaves. */
  spend(partial: boolean): void;
  /**
   * What the record says of the quota: it will be whole again in so many seconds. Other replicas spend it too, and an
   * earlier holder of the lane has.
   */
  behind(seconds: number): void;
  /** The service throttled a request. */
  slowDown(): void;
  /** The service took a request. */
  recover(): void;
}

/** A pacer for one lane, rested. */
export function createPacer({ perSecond, burst }: Rate): Pacer {
  const quota = new TokenBucket({
    bucketSize: burst,
    tokensPerInterval: perSecond,
    interval: 'second',
  });
  const partials = new TokenBucket({
    bucketSize: Math.min(PARTIAL_BURST, burst),
    tokensPerInterval: perSecond * PARTIAL_SHARE,
    interval: 'second',
    parentBucket: quota,
  });
  quota.content = burst;
  partials.content = partials.bucketSize;
  let slowedAt = -Infinity;

  return {
    wait: () => quota.getWaitTime(1),
    waitPartial: () => partials.getWaitTime(1),
    spend: (partial) => void (partial ? partials : quota).tryRemoveTokens(1),
    behind(seconds) {
      quota.drip();
      // After a throttle answer this process knows better: it goes slower than the quota.
      quota.content = Math.min(quota.content, burst - seconds * perSecond);
    },
    slowDown() {
      if (performance.now() - slowedAt < SLOWER.pauseMs) {
        return;
      }
      slowedAt = performance.now();
      const slower = Math.max(perSecond * SLOWER.floor, quota.tokensPerInterval * SLOWER.factor);
      quota.drip();
      quota.content = 0;
      quota.tokensPerInterval = slower;
    },
    recover() {
      quota.drip();
      quota.tokensPerInterval = Math.min(perSecond, quota.tokensPerInterval + perSecond * SLOWER.recovery);
    },
  };
}
