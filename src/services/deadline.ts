import { GatewayError } from '../errors.js';
import type { Cancellable } from '../ports/cancellable.js';

/** The moment by which an operation has to be done: when its time is over, or when nobody waits for it any more. */
export interface Deadline {
  /** Aborts when it comes. */
  readonly signal: AbortSignal;
  /**
   * The result of a read that begins now; rejects with `TIMED_OUT` when the deadline comes first, or has passed. What the read
   * has under way is to end with the signal.
   */
  within<Result>(read: () => Promise<Result>): Promise<Result>;
}

/** A deadline from now on. @param gone aborts when the caller has gone. */
export function createDeadline(seconds: number, gone?: AbortSignal): Deadline {
  const timeout = AbortSignal.timeout(seconds * 1_000);
  const signal = gone === undefined ? timeout : AbortSignal.any([timeout, gone]);
  const isOver = (): GatewayError => (gone?.aborted === true ? hasGone() : timedOut(seconds));
  return {
    signal,
    async within(read) {
      if (signal.aborted) throw isOver();
      const { promise: end, reject } = Promise.withResolvers<never>();
      const stop = (): void => {
        reject(isOver());
      };
      signal.addEventListener('abort', stop, { once: true });
      try {
        return await Promise.race([read(), end]);
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
  };
}

/** A port whose reads all keep the deadline, if there is one by then, and leave no statement behind. */
export function withDeadline<Port extends object>(
  port: Port,
  deadlineOf: () => Deadline | null,
  cancellable: Cancellable,
): Port {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        const read = (): Promise<unknown> => member.apply(target, args) as Promise<unknown>;
        const deadline = deadlineOf();
        return deadline === null ? read() : deadline.within(() => cancellable(deadline.signal, read));
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

/** For the log: there is nobody to read it. */
function hasGone(): GatewayError {
  return new GatewayError('TIMED_OUT', 'the caller left before the operation was done');
}
