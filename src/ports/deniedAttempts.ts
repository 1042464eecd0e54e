import type { ActorKind, Caller } from '../membership.js';
import type { Page, PageArgs } from './history.js';

/** A denied attempt, or several equal ones within one second. */
export interface DeniedAttempt {
  /** UUIDv7. */
  readonly id: string;
  readonly code: 'UNAUTHENTICATED' | 'FORBIDDEN';
  /** The field that the caller used, or the fault of the credential; never the credential. */
  readonly reason: string;
  readonly attempts: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
  /** Null when the caller is not known. */
  readonly callerId: string | null;
  readonly callerKind: ActorKind | null;
  /** The administrators granted to the caller; null when it may use all, or is not known. */
  readonly administrators: readonly string[] | null;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
  readonly traceparent: string | null;
}

/** The table of denied attempts. */
export interface DeniedAttemptStore {
  /** Inserts attempts, and deletes the oldest rows beyond `maxRows`. */
  insert(attempts: readonly DeniedAttempt[], maxRows: number): Promise<void>;
  /** Newest first; to a caller with some administrators only the attempts of callers whose administrators are among them. */
  list(caller: Caller, page: PageArgs): Promise<Page<DeniedAttempt>>;
}
