import type { ActorKind, Caller } from '../membership.js';
import type { Page, PageArgs } from './history.js';

/** An attempt that was turned away, or several alike within a moment. */
export interface DeniedAttempt {
  /** UUIDv7. */
  readonly id: string;
  readonly code: 'UNAUTHENTICATED' | 'FORBIDDEN';
  /** What was wanted, or what was wrong with the credentials; never the credentials. */
  readonly reason: string;
  readonly attempts: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
  /** Null when nobody knows who it was. */
  readonly callerId: string | null;
  readonly callerKind: ActorKind | null;
  /** The administrators granted to that caller; null when all are, or nobody knows. */
  readonly administrators: readonly string[] | null;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
  readonly traceparent: string | null;
}

/** Keeps attempts that were turned away. */
export interface DeniedAttemptStore {
  /** Writes them, and drops the oldest beyond `kept`. */
  insert(attempts: readonly DeniedAttempt[], kept: number): Promise<void>;
  /** Newest first; for a caller with some administrators, those of callers that reach no further. */
  list(caller: Caller, page: PageArgs): Promise<Page<DeniedAttempt>>;
}
