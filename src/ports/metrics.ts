import type { MembershipOperation, TargetAddress } from '../membership.js';
import type { DeniedAttempt } from './deniedAttempts.js';

/** A call to AWS that has ended. */
export interface AwsCall {
  readonly target: TargetAddress;
  /** The AWS operation, for example `CREATE_MEMBERS` or `GET_MEMBERS`. */
  readonly action: string;
  /** `ANSWERED`, `READ`, `REFUSED` or `UNANSWERED`. */
  readonly kind: string;
  /** Whether the service answered with throttling. */
  readonly throttled: boolean;
  readonly seconds: number;
}

/** An HTTP request that has been answered, or whose connection was cut. */
export interface HttpAnswer {
  readonly method: string;
  /** The pattern of the route; null for an address without one. */
  readonly route: string | null;
  readonly status: number;
  readonly seconds: number;
  /** `query`, `mutation` or `subscription`; null when no operation was parsed and validated. */
  readonly operation: string | null;
  /** The number of errors with each code. */
  readonly errors: Readonly<Record<string, number>>;
}

/** The metrics of this process for Prometheus. No method throws. */
export interface Metrics {
  requestAccepted(operation: MembershipOperation): void;
  awsCallEnded(call: AwsCall): void;
  httpAnswered(answer: HttpAnswer): void;
  attemptDenied(code: DeniedAttempt['code']): void;
  /** An operation was refused because its caller's budget is used up. */
  budgetRefused(): void;
  /** A connection was closed, since MAX_CONNECTIONS were open. */
  connectionClosed(): void;
  /** Resolves with all series in the text format of Prometheus. */
  scrape(): Promise<{ readonly contentType: string; readonly text: string }>;
}
