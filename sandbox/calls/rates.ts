import { hasMembers, scopeKey, type CallScope, type Service } from '../scope.js';
import type { Rate } from '../settings.js';

/** The rate limit of each service. */
export type Rates = Readonly<Record<Service, Rate>>;

/** The rate limits: one token bucket per account, region and service (UPSTREAMS.md, "Both": Rates). */
export interface RateGate {
  /** Takes a token for one call. Returns false if the bucket is empty. STS and Organizations have no limit. */
  pass(scope: CallScope): boolean;
  rates(): Rates;
  /** Changes the given rates and fills every bucket. */
  change(rates: Partial<Record<Service, Rate | undefined>>): void;
}

/** Differences smaller than this are rounding errors, in milliseconds. */
const ROUNDING_ERROR_MS = 1e-6;

/** Returns rate limits with full buckets. */
export function createRateGate(initial: Rates): RateGate {
  let rates = initial;
  /** When each bucket is full again, if no more tokens are taken: milliseconds of `performance.now`. */
  const fullAt = new Map<string, number>();

  return {
    pass(scope) {
      const rate = hasMembers(scope.service) ? rates[scope.service] : null;
      if (!rate) {
        return true;
      }
      const key = scopeKey(scope);
      const now = performance.now();
      const tokenMs = 1_000 / rate.perSecond;
      const next = Math.max(fullAt.get(key) ?? 0, now) + tokenMs;
      if (next - now > rate.burst * tokenMs + ROUNDING_ERROR_MS) {
        return false;
      }
      fullAt.set(key, next);
      return true;
    },
    rates: () => rates,
    change(changes) {
      const { guardduty = rates.guardduty, securityhub = rates.securityhub } = changes;
      rates = { guardduty, securityhub };
      fullAt.clear();
    },
  };
}
