import { GatewayError } from './gatewayError.js';
import type { ClientOptions } from './options.js';
import { pause } from './pause.js';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

/** Whether the same operation may succeed later. */
export function isPassing(error: unknown): error is GatewayError {
  return error instanceof GatewayError && ['UNAVAILABLE', 'RATE_LIMITED', 'UNREACHABLE'].includes(error.code);
}

/** Milliseconds to wait after a number of failed attempts: half of it is random. */
export function pauseAfter(failures: number): number {
  const most = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
  return most * (0.5 + Math.random() / 2);
}

/**
 * Returns what `attempt` resolves with. Repeats it while `mayRepeat` holds for its error, with growing pauses, and not before
 * `retryAfterSeconds` of the error.
 *
 * @throws The error of the last attempt; the reason of the signal when it aborts.
 */
export async function repeat<Result>(
  attempt: () => Promise<Result>,
  mayRepeat: (error: GatewayError) => boolean,
  { attempts = 5, maxWaitSeconds = 60 }: ClientOptions,
  signal: AbortSignal | undefined,
): Promise<Result> {
  for (let failures = 1; ; failures++) {
    signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      const wait = pauseAfter(failures) + 1_000 * (isPassing(error) ? (error.retryAfterSeconds ?? 0) : 0);
      if (failures >= attempts || !isPassing(error) || !mayRepeat(error) || wait > maxWaitSeconds * 1_000) {
        throw error;
      }
      await pause(wait, signal);
    }
  }
}
