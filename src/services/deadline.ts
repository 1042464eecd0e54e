import { GatewayError } from '../errors.js';

/** The deadline of one operation. */
export interface Deadline {
  /** Aborts at the deadline, or when the client disconnects, while a read runs. Its reason is a GatewayError `TIMED_OUT`. */
  readonly signal: AbortSignal;
  /** The result of a read. Rejects with the signal's reason when the signal aborts first, or has aborted before. */
  within<Result>(read: () => Promise<Result>): Promise<Result>;
  /** @throws GatewayError TIMED_OUT after the deadline, or when the client has disconnected. */
  check(): void;
}

/**
 * A deadline `seconds` from now.
 *
 * The timer runs only while a read runs. `AbortSignal.any([disconnected, AbortSignal.timeout(ms)])` would take 15 µs of a
 * query (1.5 µs here), and keep 1.2 kB of each query for the rest of the `seconds`.
 *
 * @param disconnected aborts when the client disconnects.
 */
export function createDeadline(seconds: number, disconnected?: AbortSignal): Deadline {
  const end = performance.now() + seconds * 1_000;
  const controller = new AbortController();
  const { signal } = controller;
  let reads = 0;
  let timer: NodeJS.Timeout | undefined;

  const expire = (): void => {
    controller.abort(timedOut(seconds));
  };
  const disconnect = (): void => {
    controller.abort(clientDisconnected());
  };
  const watch = (): void => {
    timer = setTimeout(expire, end - performance.now());
    disconnected?.addEventListener('abort', disconnect);
  };
  const unwatch = (): void => {
    clearTimeout(timer);
    disconnected?.removeEventListener('abort', disconnect);
  };

  const check = (): void => {
    if (disconnected?.aborted === true) {
      disconnect();
    } else if (performance.now() >= end) {
      expire();
    }
    signal.throwIfAborted();
  };

  return {
    signal,
    check,
    async within(read) {
      check();
      const { promise: aborted, reject } = Promise.withResolvers<never>();
      const abandon = (): void => {
        reject(signal.reason);
      };
      signal.addEventListener('abort', abandon);
      reads += 1;
      if (reads === 1) {
        watch();
      }
      try {
        return await Promise.race([read(), aborted]);
      } finally {
        signal.removeEventListener('abort', abandon);
        reads -= 1;
        if (reads === 0) {
          unwatch();
        }
      }
    },
  };
}

/** Performs a read. The signal ends its wait and its SQL statements. */
export type PerformRead = <Result>(read: () => Promise<Result>, signal?: AbortSignal) => Promise<Result>;

/**
 * The same port for one operation: each of its reads ends at the deadline.
 *
 * @param deadlineOf the operation's deadline; null when it has none.
 */
export function withDeadline<Port extends object>(
  port: Port,
  deadlineOf: () => Deadline | null,
  perform: PerformRead,
): Port {
  return new Proxy(port, {
    get(target, name) {
      const read = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
      return (...args: unknown[]): Promise<unknown> => {
        const deadline = deadlineOf();
        const run = (): Promise<unknown> => read.apply(target, args);
        return deadline === null ? perform(run) : deadline.within(() => perform(run, deadline.signal));
      };
    },
  });
}

function timedOut(seconds: number): GatewayError {
  return new GatewayError(
    'TIMED_OUT',
    `expected an operation of at most ${seconds} s, and it was not done by then`,
    { details: { limit: 'EXECUTION_TIMEOUT_SECONDS', maximum: seconds } },
  );
}

/** For the log: no client reads it. */
export function clientDisconnected(): GatewayError {
  return new GatewayError('TIMED_OUT', 'the client disconnected before the operation was done');
}
