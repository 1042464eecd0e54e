/** The oldest requests that are kept whole: part of a walk from the oldest to the newest. */
export interface ErasedRequests {
  /** UUID of the last request of this step, from which the next goes on; null when there is nothing more to do. */
  readonly through: string | null;
  /** Requests of which something was erased. */
  readonly requests: number;
}

/** Erases what has become too old. Each function is one transaction of bounded size, and safe to run anywhere any time. */
export interface RetentionStore {
  /** Runs the action unless another process is at it; false then. */
  alone(action: () => Promise<void>): Promise<boolean>;
  /** Erases the e-mail addresses of requests after `after` that finished before `before`. */
  eraseEmails(before: Date, after: string | null): Promise<ErasedRequests>;
  /**
   * Erases everything but the request and its counts, of requests after `after` that finished before `before`. A large one
   * takes several steps, and is counted with the last.
   */
  eraseOutcomes(before: Date, after: string | null): Promise<ErasedRequests>;
  /** Erases calls before `before` that carried nothing that is kept; how many. Ends when it answers 0. */
  eraseCalls(before: Date): Promise<number>;
  /** Notes where the record begins now, for lists to end there. */
  noteBeginning(): Promise<void>;
}
