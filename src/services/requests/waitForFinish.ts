import type { RequestWatch } from '../../ports/requests.js';

/** Resolves when the request has finished, when the seconds have passed, or when one of the signals aborts. */
export async function waitForFinish(
  watch: RequestWatch,
  { seconds, signals }: { readonly seconds: number; readonly signals: readonly AbortSignal[] },
): Promise<void> {
  if (seconds === 0 || signals.some(({ aborted }) => aborted)) {
    return;
  }
  const { promise: over, resolve } = Promise.withResolvers<undefined>();
  const stop = (): void => {
    resolve(undefined);
  };
  const timer = setTimeout(stop, seconds * 1_000);
  for (const signal of signals) {
    signal.addEventListener('abort', stop);
  }
  try {
    await Promise.race([watch.finished, over]);
  } finally {
    clearTimeout(timer);
    for (const signal of signals) {
      signal.removeEventListener('abort', stop);
    }
  }
}
