import type { TargetAddress } from '../membership.js';
import type { Verdict } from '../ports/laneRecord.js';
import type { Upstream } from '../ports/upstream.js';
import type { Detectors } from '../services/members/detectors.js';
import { NO_DETECTOR, verdictOf } from '../services/answers/refusals.js';
import { RETRY_DELAYS } from '../services/answers/retryPolicy.js';

/** Shortest time between a lookup that found no detector and the next, in milliseconds. Ours. */
const LOOKUP_INTERVAL_MS = 1_000;

/**
 * The result of a lookup.
 * - `KNOWN`: the detector to use.
 * - `LATER`: not known yet; look again in `waitMs` milliseconds.
 * - `NONE`: there is no detector, and the verdict says why: accounts that need one fail.
 */
export type DetectorFound =
  | { readonly kind: 'KNOWN'; readonly detectorId: string }
  | { readonly kind: 'LATER'; readonly waitMs: number }
  | { readonly kind: 'NONE'; readonly verdict: Verdict };

/** GuardDuty's detector in one lane: looked up with ListDetectors when it is not known. */
export interface LaneDetector {
  /** Whether `find` answers without a call to AWS. */
  isKnown(): boolean;
  /** @param spendQuota called before a ListDetectors leaves; when it gives false, none leaves. */
  find(spendQuota: () => Promise<boolean>): Promise<DetectorFound>;
  /** GuardDuty says that this is not the account's detector: the next `find` looks it up. */
  forget(detectorId: string): void;
}

/** @param detectors the process's cache of detectors, which live reads use too. */
export function createLaneDetector(
  upstream: Upstream,
  lane: TargetAddress,
  detectors: Detectors,
): LaneDetector {
  let failures = 0;
  let nextLookupAt = 0;

  const later = (waitMs: number): DetectorFound => {
    nextLookupAt = performance.now() + waitMs;
    return { kind: 'LATER', waitMs };
  };

  const none = (verdict: Verdict): DetectorFound => {
    failures = 0;
    nextLookupAt = performance.now() + LOOKUP_INTERVAL_MS;
    return { kind: 'NONE', verdict };
  };

  const lookUp = async (): Promise<DetectorFound> => {
    const read = await upstream.findDetector(lane);
    if (read.kind === 'READ') {
      if (read.detectorId === null) {
        return none(NO_DETECTOR);
      }
      detectors.learn(lane, read.detectorId);
      failures = 0;
      return { kind: 'KNOWN', detectorId: read.detectorId };
    }
    const verdict = verdictOf(read);
    const delay = verdict.retry ? RETRY_DELAYS[failures] : undefined;
    if (delay === undefined) {
      return none(verdict);
    }
    failures += 1;
    return later(Math.max(delay * 1_000, read.retryAfterMs ?? 0));
  };

  return {
    isKnown: () => detectors.known(lane) !== null,
    async find(spendQuota) {
      const detectorId = detectors.known(lane);
      if (detectorId !== null) {
        return { kind: 'KNOWN', detectorId };
      }
      const waitMs = nextLookupAt - performance.now();
      if (waitMs > 0) {
        return { kind: 'LATER', waitMs };
      }
      return (await spendQuota()) ? lookUp() : later(LOOKUP_INTERVAL_MS);
    },
    forget(detectorId) {
      detectors.disown(lane, detectorId);
    },
  };
}
