/** The result of one step of an erasure, from the oldest request to the newest. */
export interface ErasedRequests {
  /** UUID of the last request of this step, where the next step begins; null when the erasure is complete. */
  readonly lastId: string | null;
  /** Number of requests with erased data. */
  readonly requests: number;
}

/** Erases old data. Each function is one transaction of bounded size, safe to run on any replica at any time. */
export interface RetentionStore {
  /** Runs the action unless another process runs one; returns false in that case. */
  withLock(action: () => Promise<void>): Promise<boolean>;
  /** Erases the e-mail addresses of requests after `after` that finished before `before`. */
  eraseEmails(before: Date, after: string | null): Promise<ErasedRequests>;
  /**
   * Erases everything but the request and its counts, for requests after `after` that finished before `before`. A large
   * request takes several steps, and is counted with the last one.
   */
  eraseOutcomes(before: Date, after: string | null): Promise<ErasedRequests>;
  /** Erases calls before `before` without outcomes in the record; returns their number, 0 when none is left. */
  eraseCalls(before: Date): Promise<number>;
  /** Records where the record now begins: lists end there. */
  recordStart(): Promise<void>;
}
