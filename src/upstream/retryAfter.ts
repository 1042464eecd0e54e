/** Longest pause that an answer may ask for, in milliseconds. Ours: a lane that waits longer looks as if it had stopped. */
const MAX_RETRY_AFTER_MS = 60_000;

/** The statuses whose Retry-After says when the next request may come. With others it says something else. */
const STATUSES = new Set([429, 503]);

/** Delay in seconds. Some proxies write fractions. */
const SECONDS = /^\d{1,9}(\.\d{1,9})?$/;

/**
 * Milliseconds for which an answer asks that no other request is sent, at most MAX_RETRY_AFTER_MS; 0 if it does not ask. A date counts
 * from the answer's own date, since the clock of this machine may be wrong.
 *
 * @param response what the SDK hangs on its error as `$response`; nothing of it is certain.
 */
export function retryAfterMs(response: unknown): number {
  const { statusCode, headers = {} } = (response ?? {}) as {
    readonly statusCode?: number;
    readonly headers?: Readonly<Record<string, unknown>>;
  };
  const asked = headers['retry-after'];
  if (statusCode === undefined || !STATUSES.has(statusCode) || typeof asked !== 'string') {
    return 0;
  }
  const ms = SECONDS.test(asked)
    ? Number(asked) * 1_000
    : Date.parse(asked) - Date.parse(String(headers['date']));
  return ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : 0;
}
