import { GatewayError } from '../errors.js';

/** The moment by which an operation has to be done. */
export interface Deadline {
  /** The result of a read that begins now; rejects with `TIMED_OUT` when the deadline comes first, or has passed. */
  within<Result>(read: () => Promise<Result>): Promise<Result>;
}

/** A deadline from now on. */
export function createDeadline(seconds: number): Deadline {
  const signal = AbortSignal.timeout(seconds * 1_000);
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
      if (signal.aborted) throw timedOut();
      const { promise: end, reject } = Promise.withResolvers<never>();
      const stop = (): void => {
        reject(timedOut());
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
