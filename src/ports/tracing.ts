/** The span of one HTTP request. */
export interface RequestSpan {
  /** W3C Trace Context of this span, for the record. */
  readonly traceparent: string;
  /** Runs `work` with this span as the parent of the spans that begin in it, and in the lines that it logs. */
  run<Result>(work: () => Result): Result;
  /** Ends the span; a second end changes nothing. */
  end(answer: AnsweredRequest): void;
}

/** What the span of a request shows of its answer. */
export interface AnsweredRequest {
  readonly status: number;
  /** Null until the operation has been parsed and validated. */
  readonly operation: { readonly type: string; readonly name: string | null } | null;
  /** The codes of the errors in the answer. */
  readonly errorCodes: readonly string[];
}

/** Spans of HTTP requests. Absent while tracing is off. */
export interface HttpTracing {
  /**
   * Begins the span of a request. The parent is the trace context of the headers.
   *
   * @param route the pattern of the route; null for an address without one.
   */
  begin(request: {
    readonly method: string;
    readonly route: string | null;
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  }): RequestSpan;
}

/** The trace contexts of requests in the record. */
export interface RequestTraces {
  /** The `traceparent` of each request whose accounts the call carries; those without one are missing. */
  ofCall(callId: string): Promise<readonly string[]>;
}
