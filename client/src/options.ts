/** What `createClient` takes. */
export interface ClientOptions {
  /** The address of the gateway, with or without `/graphql`. */
  readonly url: string | URL;
  /**
   * An API token, an access token of the issuer, or a function that returns one; it is called for each attempt. Without it requests
   * have no `Authorization` header.
   */
  readonly token?: string | (() => string | Promise<string>) | undefined;
  /** Sends the requests. Default: the global `fetch`. */
  readonly fetch?: typeof fetch | undefined;
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Number of times that an operation is sent at most. Default: 5. */
  readonly attempts?: number | undefined;
  /** Seconds for one attempt. Default: 90, since a mutation may wait 60 s for its request. */
  readonly attemptSeconds?: number | undefined;
  /** Longest pause before another attempt, in seconds. A longer `retryAfterSeconds` ends the operation. Default: 60. */
  readonly maxWaitSeconds?: number | undefined;
  /** Seconds between two queries of `watch` where server-sent events do not arrive. Default: 2. */
  readonly pollSeconds?: number | undefined;
}

/** What every method takes as its last argument. */
export interface CallOptions {
  /** Ends the operation, which then rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

/** What mutations and `execute` take as their last argument. */
export interface MutationOptions extends CallOptions {
  /** The key of a mutation. Default: that of its input, else a random one. */
  readonly idempotencyKey?: string | undefined;
}
