import { GatewayError } from '../errors.js';
import type { Cancellable } from '../ports/cancellable.js';

/** The moment by which an operation has to be done: when its time is over, or when nobody waits for it any more. */
export interface Deadline {
  /** Aborts when it comes while a read is under way. */
  readonly signal: AbortSignal;
  /**
   * The result of a read that begins now; rejects with `TIMED_OUT` when the deadline comes first, or has passed. What the read
   * has under way is to end with the signal.
   */
  within<Result>(read: () => Promise<Result>): Promise<Result>;
}

/**
 * A deadline from now on. Its timer runs while there are reads: one that lasted until the deadline, as `AbortSignal.timeout`
 * does, would keep a kilobyte of every operation of the last half minute.
 *
 * @param gone aborts when the caller has gone.
 */
export function createDeadline(seconds: number, gone?: AbortSignal): Deadline {
  const end = performance.now() + seconds * 1_000;
  const controller = new AbortController();
  const { signal } = controller;
  let reads = 0;
  let timer: NodeJS.Timeout | undefined;

  const stop = (): void => {
    controller.abort(gone?.aborted === true ? hasGone() : timedOut(seconds));
  };
  const begin = (): void => {
    reads += 1;
    if (reads > 1) return;
    timer = setTimeout(stop, end - performance.now());
    gone?.addEventListener('abort', stop);
  };
  const finish = (): void => {
    reads -= 1;
    if (reads > 0) return;
    clearTimeout(timer);
    gone?.removeEventListener('abort', stop);
  };

  return {
    signal,
    async within(read) {
      if (gone?.aborted === true || performance.now() >= end) stop();
      signal.throwIfAborted();
      const late = Promise.withResolvers<never>();
      const giveUp = (): void => {
        late.reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp);
      begin();
      try {
        return await Promise.race([read(), late.promise]);
      } finally {
        finish();
        signal.removeEventListener('abort', giveUp);
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
