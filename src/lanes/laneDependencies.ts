import type { Log } from '../log.js';
import type { LaneRecord, Rate, RetryDelays } from '../ports/laneRecord.js';
import type { Upstream } from '../ports/upstream.js';
import type { LaneDetector } from './laneDetector.js';
import type { WakeSignal } from './wakeSignal.js';
import type { Pacer } from './pacer.js';

/** Everything one lane is worked with. Pacer, detector and bell outlive a tenure. */
export interface LaneDependencies {
  readonly record: LaneRecord;
  readonly upstream: Upstream;
  /** The lane's rate as configured; the pacer may go slower. */
  readonly rate: Rate;
  readonly pacer: Pacer;
  /** Null for Security Hub, which has none. */
  readonly detector: LaneDetector | null;
  /** Rung when work or an answer arrives, and when the process stops. */
  readonly wakeSignal: WakeSignal;
  /** Most requests to AWS in flight at once. */
  readonly callsInFlight: number;
  /** Seconds to wait after each send of an account that can go again. */
  readonly retryDelays: RetryDelays;
  /** How long after it left an invitation, or a removal, may still land though its answer is lost, in milliseconds. */
  readonly invitationLandsWithinMs: number;
  readonly log: Log;
}
