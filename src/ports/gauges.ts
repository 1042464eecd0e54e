import type { MembershipOperation, OutcomeStatus, TargetAddress } from '../membership.js';

/** The state of a lane in the record. */
export interface LaneGauge extends TargetAddress {
  /** Outcomes that wait to be sent. */
  readonly pending: number;
  /** Age of the oldest request with such an outcome, in seconds; 0 without one. */
  readonly oldestSeconds: number;
  /** Calls of which some account is IN_FLIGHT: sent and without an answer yet, or in doubt. */
  readonly callsUnderWay: number;
  /** Calls in doubt among them. */
  readonly doubts: number;
  /** Time since the oldest call in doubt was sent, in seconds; 0 without one. */
  readonly oldestDoubtSeconds: number;
  /** Age of the inventory, in seconds; null for a target that was never listed whole. */
  readonly inventorySeconds: number | null;
  /** Seconds until the whole burst of its rate is available again. */
  readonly secondsToFullBurst: number;
}

/** Outcomes of one kind that settled in an hour, of all callers. */
export interface SettledGauge extends TargetAddress {
  readonly hour: Date;
  readonly operation: MembershipOperation;
  readonly status: OutcomeStatus;
  /** The reason code; empty where there is none. */
  readonly reason: string;
  readonly outcomes: number;
}

/** Connections to PostgreSQL. */
export interface PoolGauge {
  readonly total: number;
  readonly idle: number;
  /** Statements that wait for one. */
  readonly waiting: number;
}

/** Reads of the record for metrics, one statement each. Their cost does not grow with the record. */
export interface Gauges {
  /** All lanes. The cost grows with the number of waiting targets and of calls under way. */
  lanes(): Promise<readonly LaneGauge[]>;
  /** Outcomes that settled in the hour `from` or later. The cost grows with the number of their kinds. */
  settled(from: Date): Promise<readonly SettledGauge[]>;
  pool(): PoolGauge;
}
