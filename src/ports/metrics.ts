import type { MembershipOperation, TargetAddress } from '../membership.js';
import type { DeniedAttempt } from './deniedAttempts.js';

/** An exchange with AWS that has ended. */
export interface Exchange {
  readonly target: TargetAddress;
  /** What was asked for, e.g. `CREATE_MEMBERS` or `GET_MEMBERS`. */
  readonly action: string;
  /** How it ended: `ANSWERED`, `READ`, `REFUSED` or `UNANSWERED`. */
  readonly kind: string;
  /** Whether the service said that it was asked too often. */
  readonly throttled: boolean;
  readonly seconds: number;
}

/** An HTTP request that has been answered, or broken off. */
export interface HttpAnswer {
  readonly method: string;
  /** The route's own address; null: none has this one. */
  readonly route: string | null;
  readonly status: number;
  readonly seconds: number;
  /** `query`, `mutation` or `subscription`; null when no operation was understood. */
  readonly operation: string | null;
  /** Error codes, and how often each. */
  readonly errors: Readonly<Record<string, number>>;
}

/** What this process has done and how it stands, in numbers for Prometheus. Nothing here throws. */
export interface Metrics {
  accepted(operation: MembershipOperation): void;
  exchanged(exchange: Exchange): void;
  httpAnswered(answer: HttpAnswer): void;
  denied(code: DeniedAttempt['code']): void;
  /** A caller's budget was used up. */
  budgetRefused(): void;
  /** Everything in Prometheus' text format. */
  scrape(): Promise<{ readonly contentType: string; readonly text: string }>;
}
