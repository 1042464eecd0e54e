import { GatewayError } from '../errors.js';
import type { Cancellable, Ending } from '../ports/cancellable.js';

/**
 * The moment by which an operation has to be done: when its time is over, or when nobody waits for it any more. Its timer
 * runs while somebody listens: one that lasted until then, as `AbortSignal.timeout` does, would keep a kilobyte of every
 * operation of the last half minute.
 */
export class Deadline implements Ending {
  reason: Error | undefined;
  private readonly end: number;
  private readonly listeners = new Set<() => void>();
  private readonly come = (): void => {
    if (this.reason !== undefined) {
      return;
    }
    this.reason = this.gone?.aborted === true ? hasGone() : timedOut(this.seconds);
    this.controller?.abort(this.reason);
    for (const listener of this.listeners) {
      listener();
    }
  };
  private controller: AbortController | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** @param gone aborts when the caller has gone. */
  constructor(
    private readonly seconds: number,
    private readonly gone?: AbortSignal,
  ) {
    this.end = performance.now() + seconds * 1_000;
  }

  /** Aborts when it comes while a read is under way. */
  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.reason !== undefined) {
      this.controller.abort(this.reason);
    }
    return this.controller.signal;
  }

  listen(listener: () => void): void {
    if (this.listeners.size === 0) {
      this.timer = setTimeout(this.come, this.end - performance.now());
      this.gone?.addEventListener('abort', this.come);
    }
    this.listeners.add(listener);
  }

  unlisten(listener: () => void): void {
    this.listeners.delete(listener);
    if (this.listeners.size > 0) {
      return;
    }
    clearTimeout(this.timer);
    this.gone?.removeEventListener('abort', this.come);
  }

  /**
   * The result of a read that begins now; rejects with `TIMED_OUT` when the deadline comes first, or has passed. What the
   * read has under way is to end with it.
   */
  async within<Result>(read: () => Promise<Result>): Promise<Result> {
    if (this.gone?.aborted === true || performance.now() >= this.end) {
      this.come();
    }
    if (this.reason !== undefined) {
      throw this.reason;
    }
    const late = Promise.withResolvers<never>();
    const giveUp = (): void => {
      late.reject(this.reason);
    };
    this.listen(giveUp);
    try {
      return await Promise.race([read(), late.promise]);
    } finally {
      this.unlisten(giveUp);
    }
  }
}

/** A port whose reads all keep the deadline, if there is one by then, and leave no statement behind. */
export function withDeadline<Port extends object>(
  port: Port,
  deadlineOf: () => Deadline | null,
  cancellable: Cancellable,
): Port {
  let Timely = classes.get(port);
  if (Timely === undefined) {
    classes.set(port, (Timely = classOf(port)));
  }
  return new Timely(deadlineOf, cancellable) as Port;
}

type TimelyClass = new (deadlineOf: () => Deadline | null, cancellable: Cancellable) => object;

/** By port: a proxy for every operation would be a fiftieth of what a page takes the process. */
const classes = new WeakMap<object, TimelyClass>();

function classOf(port: object): TimelyClass {
  class Timely {
    constructor(
      readonly deadlineOf: () => Deadline | null,
      readonly cancellable: Cancellable,
    ) {}
  }
  for (const [name, read] of Object.entries(port) as [string, (...args: unknown[]) => Promise<unknown>][]) {
    const value = function (this: Timely, ...args: unknown[]): Promise<unknown> {
      const deadline = this.deadlineOf();
      if (deadline === null) {
        return read.apply(port, args);
      }
      return deadline.within(() => this.cancellable(deadline, () => read.apply(port, args)));
    };
    Object.defineProperty(Timely.prototype, name, { value });
  }
  return Timely;
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
