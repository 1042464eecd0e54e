/** A version of a request: differs whenever a count or the status differs. */
export interface RequestVersion {
  readonly requestId: string;
  readonly version: string;
  readonly isFinished: boolean;
}

/** Reads the versions of any number of requests in one statement. */
export interface ProgressStore {
  versions(requestIds: readonly string[]): Promise<RequestVersion[]>;
}
