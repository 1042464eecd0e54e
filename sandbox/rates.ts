import { TokenBucket } from 'limiter';
import { scopeKey, type CallScope, type Service } from './scope.js';
import type { Rate } from './settings.js';

/** The rate limit of each service. */
export type Rates = Readonly<Record<Service, Rate>>;

/** The rate limits: one token bucket per account, region and service (UPSTREAMS.md, "Both": Rates). */
export interface RateGate {
  /** Takes a token for one call. Returns false if the bucket is empty. STS has no limit. */
  pass(scope: CallScope): boolean;
  rates(): Rates;
  /** Changes the given rates and fills every bucket. */
  change(rates: Partial<Record<Service, Rate | undefined>>): void;
}

/** Returns rate limits with full buckets. */
export function createRateGate(initial: Rates): RateGate {
  let rates = initial;
  const buckets = new Map<string, TokenBucket>();

  return {
    pass(scope) {
      const rate = scope.service === 'sts' ? null : rates[scope.service];
      if (!rate) {
        return true;
      }
      const key = scopeKey(scope);
      let bucket = buckets.get(key);
      if (!bucket) {
        buckets.set(key, (bucket = fullBucket(rate)));
      }
      return bucket.tryRemoveTokens(1);
    },
    rates: () => rates,
    change(changes) {
      const { guardduty = rates.guardduty, securityhub = rates.securityhub } = changes;
      rates = { guardduty, securityhub };
      buckets.clear();
    },
  };
}

function fullBucket({ perSecond, burst }: NonNullable<Rate>): TokenBucket {
  const bucket = new TokenBucket({ bucketSize: burst, tokensPerInterval: perSecond, interval: 'second' });
  bucket.content = burst;
  return bucket;
}
