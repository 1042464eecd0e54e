import type { Rate } from '../ports/laneRecord.js';

/**
 * Partial calls (fewer than 50 accounts) get 25 % of the sustained rate, after 2 at once. A crowd of small requests thus
 * gathers in few calls and leaves the quota to full ones, while one account, or two, go at once.
 */
const PARTIAL_SHARE = 0.25;
const PARTIAL_BURST = 2;

/** Ours: what a throttling answer does to the pace, and how the pace comes back. Shares are of the configured rate. */
const SLOWDOWN = {
  /** Each throttling answer multiplies the pace by this. */
  factor: 0.5,
  /** Shortest time between two slowdowns, in milliseconds: calls in flight together are throttled together. */
  intervalMs: 1_000,
  /** The pace never falls below this share. */
  lowestShare: 0.1,
  /** Each answer that is not throttling gives back this share. */
  recoveredShare: 0.05,
} as const;

/** Waits shorter than this are rounding errors of the arithmetic, in milliseconds. */
const ROUNDING_ERROR_MS = 1e-6;

/**
 * How fast one lane may send, as one process knows it: the generic cell rate algorithm, as in the lane's row
 * (store/lanes/laneQuota.ts). The row decides; the pace saves claims that the row would refuse, and is slower than the
 * row after a throttling answer.
 *
 * Times are milliseconds of one clock. Functions of a pace change nothing: they return another pace.
 */
export interface Pace {
  /** The configured rate. */
  readonly rate: Rate;
  /** Requests per second at present: the configured figure or less. */
  readonly perSecond: number;
  /** When the whole burst is available again, if no more requests leave. */
  readonly fullAt: number;
  /** The same for the share of partial calls. */
  readonly partialFullAt: number;
  /** The last slowdown. */
  readonly slowedAt: number;
  /** The service asked for no request before. */
  readonly heldUntil: number;
}

/** The pace of a lane that has sent nothing lately: the whole burst may leave. */
export function fullPace(rate: Rate): Pace {
  return {
    rate,
    perSecond: rate.perSecond,
    fullAt: -Infinity,
    partialFullAt: -Infinity,
    slowedAt: -Infinity,
    heldUntil: -Infinity,
  };
}

/** Milliseconds until a request may leave; 0 is now. */
export function waitForQuota({ fullAt, perSecond, rate, heldUntil }: Pace, now: number): number {
  return waitUntil(Math.max(fullAt - msFor(rate.burst - 1, perSecond), heldUntil), now);
}

/** How many requests may leave now. */
export function requestsNow(pace: Pace, now: number): number {
  if (isHeld(pace, now)) {
    return 0;
  }
  const spent = (Math.max(0, pace.fullAt - now - ROUNDING_ERROR_MS) * pace.perSecond) / 1_000;
  return Math.max(0, Math.floor(pace.rate.burst - spent));
}

/** Whether the whole burst may leave now: the quota is no limit. */
export function isWhole({ fullAt }: Pace, now: number): boolean {
  return fullAt <= now;
}

/** Milliseconds until a partial call may leave; 0 is now. */
export function waitForPartial(pace: Pace, now: number): number {
  const { perSecond, burst } = partialRate(pace.rate);
  const own = waitUntil(pace.partialFullAt - msFor(burst - 1, perSecond), now);
  return Math.max(own, waitForQuota(pace, now));
}

/** After a request has left. */
export function spend(pace: Pace, { partial }: { readonly partial: boolean }, now: number): Pace {
  const { fullAt, partialFullAt, perSecond, rate } = pace;
  return {
    ...pace,
    fullAt: Math.max(fullAt, now) + msFor(1, perSecond),
    partialFullAt: partial
      ? Math.max(partialFullAt, now) + msFor(1, partialRate(rate).perSecond)
      : partialFullAt,
  };
}

/**
 * After the record has said in how many seconds the lane's whole burst is available again: other replicas and earlier
 * holders of the lane spend the same quota. The newest word counts, since a busy process hears each one late. Only after a throttling
 * answer this process knows more than the record, and the later moment counts.
 */
export function observeQuota(pace: Pace, secondsToFullBurst: number, now: number): Pace {
  const { rate, perSecond } = pace;
  const fullAt = now + msFor(secondsToFullBurst * rate.perSecond, perSecond);
  return { ...pace, fullAt: perSecond < rate.perSecond ? Math.max(pace.fullAt, fullAt) : fullAt };
}

/** After the service has throttled a request: half as fast, and the whole burst is spent. */
export function slowDown(pace: Pace, now: number): Pace {
  const { rate, perSecond, slowedAt } = pace;
  if (now - slowedAt < SLOWDOWN.intervalMs) {
    return pace;
  }
  const slower = Math.max(rate.perSecond * SLOWDOWN.lowestShare, perSecond * SLOWDOWN.factor);
  const fullAt = now + msFor(rate.burst, slower);
  return { ...pace, perSecond: slower, slowedAt: now, fullAt };
}

/** After the service has asked for no other request for some milliseconds (Retry-After). */
export function hold(pace: Pace, ms: number, now: number): Pace {
  return { ...pace, heldUntil: Math.max(pace.heldUntil, now + ms) };
}

/** Whether the service has asked for no request now. */
export function isHeld({ heldUntil }: Pace, now: number): boolean {
  return heldUntil > now;
}

/** After the service has accepted a request. */
export function recover(pace: Pace, now: number): Pace {
  const { rate, perSecond, fullAt } = pace;
  const faster = Math.min(rate.perSecond, perSecond + rate.perSecond * SLOWDOWN.recoveredShare);
  const spentMs = Math.max(0, fullAt - now);
  return { ...pace, perSecond: faster, fullAt: now + (spentMs * perSecond) / faster };
}

function partialRate({ perSecond, burst }: Rate): Rate {
  return { perSecond: perSecond * PARTIAL_SHARE, burst: Math.min(PARTIAL_BURST, burst) };
}

function msFor(requests: number, perSecond: number): number {
  return (requests * 1_000) / perSecond;
}

/** Whole milliseconds, rounded up: a timer that ends early would be a wake-up for nothing. */
function waitUntil(time: number, now: number): number {
  return Math.max(0, Math.ceil(time - now - ROUNDING_ERROR_MS));
}
