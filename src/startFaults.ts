import { ConfigurationFaults, describeError } from './errors.js';
import { redact } from './redact.js';

/** Prints the faults that ended a start on standard error: a line each, without a stack, secrets and e-mail addresses. */
export function printStartFaults(error: unknown): void {
  // Those of the configuration repeat no secret, and show the form of addresses.
  const faults = error instanceof ConfigurationFaults ? error.faults : [redact(textOf(error))];
  process.stderr.write(faults.map((fault) => `cannot start: ${inOneLine(fault)}\n`).join(''));
}

function textOf(error: unknown): string {
  const isNotInstalled = (error as { code?: unknown } | null)?.code === 'ERR_MODULE_NOT_FOUND';
  return isNotInstalled ? `${describeError(error)}; run npm ci, and npm run build` : describeError(error);
}

/** PostgreSQL and Node spread some messages over several lines. */
function inOneLine(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .join(' | ');
}
