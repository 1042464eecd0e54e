import { GatewayError } from '../errors.js';

/** The moment by which an operation has to be done. */
export interface Deadline {
  /** The result of a read that begins now; rejects with `TIMED_OUT` when the deadline comes first, or has passed. */
  within<Result>(read: () => Promise<Result>): Promise<Result>;
}

/**
 * A deadline from now on. Each read has a timer that goes with it: one that lasted until the deadline, as
 * `AbortSignal.timeout` does, would keep a kilobyte of every operation of the last half minute.
 */
export function createDeadline(seconds: number): Deadline {
  const end = performance.now() + seconds * 1_000;
  const timedOut = (): GatewayError =>
    new GatewayError(
      'TIMED_OUT',
      `expected an operation of at most ${seconds} s, and it was not done by then`,
      {
        details: { limit: 'EXECUTION_TIMEOUT_SECONDS', maximum: seconds },
      },
    );
  return {
    async within(read) {
      const left = end - performance.now();
      if (left <= 0) throw timedOut();
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(() => {
        late.reject(timedOut());
      }, left);
      try {
        return await Promise.race([read(), late.promise]);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** A port whose reads all keep the deadline, if there is one by then. */
export function withDeadline<Port extends object>(port: Port, deadlineOf: () => Deadline | null): Port {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        const read = (): Promise<unknown> => member.apply(target, args) as Promise<unknown>;
        return deadlineOf()?.within(read) ?? read();
      };
    },
  });
}
