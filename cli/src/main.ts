import { CommanderError } from 'commander';
import type { Surroundings } from './context.js';
import { CommandError, EXIT, type ExitStatus } from './faults.js';
import { createProgram } from './program.js';
import { version } from './version.js';

/** Runs the command line; resolves with the exit status. Everything that goes wrong is told on standard error. */
export async function main(argv: readonly string[]): Promise<number> {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // The second one ends the process at once.
    process.once(signal, () => {
      interrupt.abort(new CommandError(EXIT.interrupted, ['interrupted']));
    });
  }
  // The reader of a pipe may have enough: mgw members | head.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.failed);
  });
  const { env, stdin, stdout, stderr } = process;
  const surroundings: Surroundings = { env, stdin, stdout, stderr, signal: interrupt.signal };
  let status: ExitStatus = EXIT.done;
  const program = createProgram({ version: version(), surroundings, ended: (end) => (status = end) });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return status;
  } catch (error) {
    return failure(error, interrupt.signal);
  }
}

async function failure(error: unknown, signal: AbortSignal): Promise<number> {
  if (error instanceof CommanderError) {
    // Commander has printed it. Help and version are no errors.
    return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  const { visible } = await import('./input/visible.js');
  const tell = (lines: readonly string[]): void => {
    process.stderr.write(lines.map((line) => `mgw: ${visible(line)}\n`).join(''));
  };
  if (error instanceof CommandError) {
    tell(error.lines);
    return error.status;
  }
  if (signal.aborted) {
    tell(['interrupted']);
    return EXIT.interrupted;
  }
  const { GatewayError } = await import('membership-gateway-client');
  if (error instanceof GatewayError) {
    const { exitOf, failureLines } = await import('./gatewayFailures.js');
    tell(failureLines(error));
    return exitOf(error);
  }
  tell([error instanceof Error ? (error.stack ?? error.message) : String(error)]);
  return EXIT.failed;
}
