import type { MembershipOperation, OutcomeStatus, TargetAddress } from '../membership.js';

/** How a lane stands by the record. */
export interface LaneGauge extends TargetAddress {
  /** Outcomes that wait to be sent. */
  readonly pending: number;
  /** Age of the oldest request with such an outcome, in seconds; 0 without one. */
  readonly oldestSeconds: number;
  /** When the whole burst of its rate is back, in seconds. */
  readonly behindSeconds: number;
}

/** Outcomes of one kind that settled in an hour, whoever asked for them. */
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

/** Reads what metrics show of the record: a statement each, whose cost does not grow with it. */
export interface Gauges {
  /** All lanes. Costs as much as targets wait. */
  lanes(): Promise<readonly LaneGauge[]>;
  /** What settled in the hour `from` or later. Costs as much as these hours have kinds. */
  settled(from: Date): Promise<readonly SettledGauge[]>;
  pool(): PoolGauge;
}
