import { TokenBucket } from 'limiter';

/** A service's request rate, per administrator and region (UPSTREAMS.md, "Rates"). */
export interface Rate {
  /** Requests per second that can be kept up. */
  readonly perSecond: number;
  /** Requests that may leave at once after a rest. */
  readonly burst: number;
}

/**
 * Calls that are not full get this share of the sustained rate, after this many at once. A crowd of small requests
 * thus finds room in few calls and leaves the quota to full ones, while a lone account, or two, go at once.
 */
const PARTIAL_SHARE = 0.25;
const PARTIAL_BURST = 2;

/** Says when a lane's next request may leave. */
export interface Pacer {
  /** Milliseconds until a request may leave; 0 is now. */
  wait(): number;
  /** Milliseconds until a call that is not full may leave; 0 is now. */
  waitPartial(): number;
  /** A request leaves. */
  spend(partial: boolean): void;
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
  return {
    wait: () => quota.getWaitTime(1),
    waitPartial: () => partials.getWaitTime(1),
    spend: (partial) => void (partial ? partials : quota).tryRemoveTokens(1),
  };
}
