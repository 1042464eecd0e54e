import type { Log } from '../log.js';
import type { LaneRecord, Rate, RetryDelays } from '../ports/laneRecord.js';
import type { Upstream } from '../ports/upstream.js';
import type { LaneDetector } from './laneDetector.js';
import type { Pace } from './pace.js';
import type { WakeSignal } from './wakeSignal.js';

/** Everything that the work on one lane needs. Pace, detector and wake signal outlive a tenure. */
export interface LaneDependencies {
  readonly record: LaneRecord;
  readonly upstream: Upstream;
  /** The configured rate of the lane; the pace may be slower. */
  readonly rate: Rate;
  /** Keeps the lane's pace from one tenure to the next. */
  readonly pace: { current: Pace };
  /** Null for Security Hub, which has no detectors. */
  readonly detector: LaneDetector | null;
  /** Notified of new work, of answers, and when the process stops. */
  readonly wakeSignal: WakeSignal;
  /** Whether other replicas see this one. Else they may have the lane, and what it has claimed. */
  readonly isSeen: () => boolean;
  /** Most requests to AWS in flight at once. */
  readonly callsInFlight: number;
  /** Seconds to wait after each send of an account that can go again. */
  readonly retryDelays: RetryDelays;
  /** How long after its start an invitation or a removal with a lost answer may still take effect, in milliseconds. */
  readonly invitationLandsWithinMs: number;
  readonly log: Log;
}
