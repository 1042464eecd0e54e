import { TokenBucket } from 'limiter';

/** A service's request rate, per administrator and region (UPSTREAMS.md, "Rates"). */
export interface Rate {
  /** Requests per second that can be kept up. */
  readonly perSecond: number;
  /** Requests that may leave at once after a rest. */
  readonly burst: number;
}

/** Says when a lane's next request may leave. */
export interface Pacer {
  /** Milliseconds until a request may leave; 0 is now. */
  wait(): number;
  /**
   * Milliseconds until a call that is not full may leave; 0 is now. The burst is for full calls: one that is not full
   * leaves at the sustained rate at most, so that a crowd of small requests finds room in few calls, and a lone account
   * after a rest goes at once.
   */
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
    bucketSize: 1,
    tokensPerInterval: perSecond,
    interval: 'second',
    parentBucket: quota,
  });
  quota.content = burst;
  partials.content = 1;
  return {
    wait: () => quota.getWaitTime(1),
    waitPartial: () => partials.getWaitTime(1),
    spend: (partial) => void (partial ? partials : quota).tryRemoveTokens(1),
  };
}
