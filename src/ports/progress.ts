/** How far a request has got, as far as a watcher needs it to tell whether anything changed. */
export interface RequestVersion {
  readonly requestId: string;
  /** Differs whenever a count or the status differs. */
  readonly version: string;
  readonly isFinished: boolean;
}

/** Looks how far requests have got, any number of them in one statement. */
export interface ProgressStore {
  versions(requestIds: readonly string[]): Promise<RequestVersion[]>;
}
