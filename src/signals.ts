/** The signals that end the process. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * A second signal within this time of the first is ignored, in milliseconds: under npm, one Ctrl-C arrives twice, from the
 * terminal and from npm.
 */
const REPEATED_SIGNAL_MS = 1_000;

/**
 * Calls `end` at the first SIGINT or SIGTERM. A later one ends the process at once: the operating system does that, so it needs
 * no turn of the event loop.
 */
export function endOnSignal(end: (signal: NodeJS.Signals) => void): void {
  const hear = (signal: NodeJS.Signals): void => {
    for (const each of SIGNALS) {
      process.off(each, hear).on(each, ignore);
    }
    setTimeout(() => {
      for (const each of SIGNALS) {
        process.off(each, ignore);
      }
    }, REPEATED_SIGNAL_MS).unref();
    end(signal);
  };
  for (const signal of SIGNALS) {
    process.on(signal, hear);
  }
}

function ignore(): void {
  // The same Ctrl-C.
}
