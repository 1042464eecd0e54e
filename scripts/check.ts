/*
 * Runs the checks that need no running program, side by side, prints what they found, and fails if one of them did.
 * Usage: node scripts/check.ts [check...], by default every check.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from './runCommand.ts';

process.chdir(path.dirname(import.meta.dirname));
const places = ['src', 'sandbox', 'web', 'client', 'cli', 'bench', 'scripts'].filter((place) =>
  existsSync(place),
);

// The slowest first: they decide how long it all takes.
const CHECKS: Record<string, string> = {
  eslint: 'eslint --max-warnings 0 .',
  types: 'tsc --noEmit && tsc -p web/explorer && tsc -p client --noEmit',
  unused: 'knip --no-progress --no-config-hints',
  arrows: `depcruise --config .dependency-cruiser.cjs --output-type err-long ${places.join(' ')}`,
  format: 'prettier --check --log-level warn .',
};

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(CHECKS);
const passed = await Promise.all(wanted.map(check));
const failed = wanted.filter((_, i) => !passed[i]);
if (failed.length > 0) {
  console.error(`Checks that failed: ${failed.join(', ')}. One alone: npm run check -- ${failed[0] ?? ''}`);
  process.exitCode = 1;
}

async function check(name: string): Promise<boolean> {
  const command = CHECKS[name];
  if (command === undefined) {
    throw new Error(`There is no check ${name}; there are ${Object.keys(CHECKS).join(', ')}.`);
  }
  const started = performance.now();
  const { succeeded, output } = await runCommand(command);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    succeeded ? `${name}: passed in ${seconds} s` : `${name}: FAILED after ${seconds} s\n${output}`,
  );
  return succeeded;
}
