import type { Log } from './log.js';

/** Time limit of one phase of a stop, in milliseconds. The next phase begins when it has passed. */
const PHASE_LIMIT_MS = 25_000;

/** The opened resources of the process, closed in reverse order. */
export interface Closers {
  /** Registers how to close a resource, as soon as it is open. */
  add(phase: string, close: () => Promise<void> | void): void;
  /** Closes everything, last opened first. A phase that fails or takes too long is logged and skipped. */
  closeAll(): Promise<void>;
}

export function createClosers(log: Log): Closers {
  const phases: { phase: string; close: () => Promise<void> | void }[] = [];
  let closing: Promise<void> | null = null;

  const closePhases = async (): Promise<void> => {
    for (const { phase, close } of phases.toReversed()) {
      const timeLimit = Promise.withResolvers<never>();
      const timer = setTimeout(() => {
        timeLimit.reject(new Error(`took longer than ${PHASE_LIMIT_MS} ms`));
      }, PHASE_LIMIT_MS);
      try {
        await Promise.race([close(), timeLimit.promise]);
        log.debug({ phase }, 'closed');
      } catch (error) {
        log.error({ err: error, phase }, 'not closed');
      } finally {
        clearTimeout(timer);
      }
    }
  };

  return {
    add: (phase, close) => void phases.push({ phase, close }),
    closeAll: () => (closing ??= closePhases()),
  };
}
