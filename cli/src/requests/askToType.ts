import { createInterface } from 'node:readline/promises';
import type { Context } from '../context.js';
import { CommandError, EXIT, usageError } from '../faults.js';

/**
 * Returns once a person on a terminal typed the words.
 *
 * @throws CommandError `usage` with `otherwise`: without a terminal, where the flag says the same, or after other words.
 */
export async function askToType(
  { stdin, stderr, interactive, signal }: Context,
  words: string,
  flag: string,
  otherwise: string,
): Promise<void> {
  if (!interactive) {
    throw usageError(`expected ${flag}, since there is no terminal to ask on; ${otherwise}`);
  }
  const lines = createInterface({ input: stdin, output: stderr });
  // A terminal in line mode hands Ctrl-C to readline.
  const left = new AbortController();
  lines.once('SIGINT', () => {
    left.abort();
  });
  try {
    const answer = await lines.question(`To go on, type: ${words}\n> `, {
      signal: AbortSignal.any([signal, left.signal]),
    });
    if (answer.trim().toLowerCase() === words) {
      return;
    }
  } catch (error) {
    if (signal.aborted || left.signal.aborted) {
      throw new CommandError(EXIT.interrupted, [otherwise]);
    }
    throw error;
  } finally {
    lines.close();
  }
  throw usageError(`expected ${JSON.stringify(words)}; ${otherwise}`);
}
