/** Size of the young generation of the heap, in MiB: small enough to be collected often (bench/README.md has the measurements). */
const YOUNG_MIB = 16;

/** How much the heap grows after a collection before the next one, in per cent. V8 by itself lets it grow up to fourfold (decision 0045). */
const GROWTH_PERCENT = 50;

/** Largest heap, in MiB, on a machine without a smaller limit. */
const HEAP_MIB = 2_000;

/** The largest share of a container's memory for the heap; the rest is for buffers and code. */
const HEAP_SHARE = 0.75;

/**
 * Gives the process the flags of Node that the gateway runs with, unless the command line or NODE_OPTIONS sets them. They cannot be
 * set in a running process, so Node starts again in the same process, with the same id; this takes about 0.1 s.
 *
 * Does nothing on Windows, which cannot start a program in a running process.
 */
export function restartWithNodeFlags(): void {
  // Node takes underscores in the names of flags too.
  const given = `${process.execArgv.join(' ')} ${process.env['NODE_OPTIONS'] ?? ''}`.replaceAll('_', '-');
  const missing = wantedFlags(process.constrainedMemory()).filter(
    (flag) => !given.includes(flag.split('=')[0] ?? flag),
  );
  if (missing.length > 0 && process.execve !== undefined && process.platform !== 'win32') {
    const args = [process.execPath, ...process.execArgv, ...missing, ...process.argv.slice(1)];
    process.execve(process.execPath, args, process.env);
  }
}

/** The flags for a process that may use this much memory, in bytes; an unlimited one is a very large number. */
export function wantedFlags(memory: number): readonly string[] {
  const share = Math.floor((memory * HEAP_SHARE) / 2 ** 20);
  const heap = memory > 0 ? Math.min(HEAP_MIB, share) : HEAP_MIB;
  return [
    `--max-semi-space-size=${YOUNG_MIB}`,
    `--heap-growing-percent=${GROWTH_PERCENT}`,
    `--max-old-space-size=${heap}`,
  ];
}
