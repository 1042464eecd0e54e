import { readFileSync } from 'node:fs';

/** The version of the command, from its package. The bundle lies one folder below the package, as this file does. */
export function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
