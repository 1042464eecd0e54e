import type { TargetAddress } from '../membership.js';
import type { Verdict } from '../ports/laneRecord.js';
import type { Upstream } from '../ports/upstream.js';
import type { Detectors } from '../services/members/detectors.js';
import { NO_DETECTOR, verdictOf } from '../services/answers/refusals.js';
import { RETRY_DELAYS } from '../services/answers/retryPolicy.js';

/** Before ListDetectors is asked again after it gave no detector, in milliseconds: what waits by then has failed. */
const LOOK_AGAIN_MS = 1_000;

/**
 * - `KNOWN`: the detector to use.
 * - `LATER`: not known yet; worth asking again in so many milliseconds.
 * - `NONE`: there is none to be had, and the verdict says why; what waits for one fails.
 */
export type DetectorFound =
  | { readonly kind: 'KNOWN'; readonly detectorId: string }
  | { readonly kind: 'LATER'; readonly wait: number }
  | { readonly kind: 'NONE'; readonly verdict: Verdict };

/** GuardDuty's detector in one lane: looked up when nobody knows it. */
export interface LaneDetector {
  /** Whether `find` answers without asking AWS. */
  isKnown(): boolean;
  /** @param leave asked before a ListDetectors leaves; false: it must not. */
  find(leave: () => Promise<boolean>): Promise<DetectorFound>;
  /** GuardDuty says that this is not the account's detector: look it up again. */
  forget(detectorId: string | null): void;
}

/** @param detectors what the process knows; live reads learn and forget there as well. */
export function createLaneDetector(
  upstream: Upstream,
  lane: TargetAddress,
  detectors: Detectors,
): LaneDetector {
  let failures = 0;
  let nextLook = 0;

  const later = (ms: number): DetectorFound => {
    nextLook = Date.now() + ms;
    return { kind: 'LATER', wait: ms };
  };

  const none = (verdict: Verdict): DetectorFound => {
    failures = 0;
    nextLook = Date.now() + LOOK_AGAIN_MS;
    return { kind: 'NONE', verdict };
  };

  return {
    isKnown: () => detectors.known(lane) !== null,
    async find(leave) {
      const known = detectors.known(lane);
      if (known !== null) {
        return { kind: 'KNOWN', detectorId: known };
      }
      const wait = nextLook - Date.now();
      if (wait > 0) {
        return { kind: 'LATER', wait };
      }
      if (!(await leave())) {
        return later(LOOK_AGAIN_MS);
      }
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
        return none({ ...verdict, reason: `ListDetectors: ${verdict.reason ?? read.errorCode}` });
      }
      failures += 1;
      return later(delay * 1_000);
    },
    forget(detectorId) {
      detectors.disown(lane, detectorId);
    },
  };
}
