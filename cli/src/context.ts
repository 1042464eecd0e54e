import { createClient, type Client } from 'membership-gateway-client';
import { type Format, createOutput, type Output } from './output/output.js';
import { createProgress, type Progress, type ProgressStream } from './output/progress.js';
import type { Environment } from './settings/profiles.js';
import { readSettings, type SettingFlags, type Settings } from './settings/settings.js';
import { createTokenSource } from './settings/tokenSource.js';
import { usageError } from './faults.js';

/** The process around the command. */
export interface Surroundings {
  readonly env: Environment;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Aborts at Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}

/** The flags that every command has. */
export interface CommonFlags extends SettingFlags {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly quiet?: boolean;
  readonly attempts?: number;
}

/** What a command works with. */
export interface Context extends Surroundings {
  readonly settings: Settings;
  /** The token to send now; an empty text without one. */
  readonly token: () => Promise<string>;
  readonly client: Client;
  readonly output: Output;
  readonly quiet: boolean;
  readonly progress: () => Progress;
  /** Whether a person can answer a question: standard input and standard error are terminals. */
  readonly interactive: boolean;
}

/** Reads the settings and makes the client; nothing is sent yet. */
export async function createContext(flags: CommonFlags, surroundings: Surroundings): Promise<Context> {
  const { env, stdin, stderr } = surroundings;
  const quiet = flags.quiet === true;
  const output = createCommandOutput(flags, surroundings);
  const settings = await readSettings(flags, env);
  if (settings.token !== undefined && isOpenHttp(settings.url)) {
    output.note(`the token travels unencrypted to ${settings.url}; use https`);
  }
  const token = createTokenSource(settings, env, surroundings.signal);
  return {
    ...surroundings,
    settings,
    token,
    output,
    quiet,
    client: createClient({ url: settings.url, token, attempts: flags.attempts }),
    progress: () => createProgress(stderr as ProgressStream, { quiet, bars: hasBars(surroundings) }),
    interactive: stdin.isTTY && stderr.isTTY,
  };
}

/** The output of a command that may not need a gateway. */
export function createCommandOutput(flags: CommonFlags, surroundings: Surroundings): Output {
  const { env, stdout, stderr } = surroundings;
  return createOutput({
    format: formatOf(flags),
    quiet: flags.quiet === true,
    color: stdout.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
    stdout,
    stderr,
  });
}

function formatOf({ json, csv }: CommonFlags): Format {
  if (json === true && csv === true) {
    throw usageError('expected --json or --csv, got both');
  }
  return json === true ? 'json' : csv === true ? 'csv' : 'table';
}

function hasBars({ env, stderr }: Surroundings): boolean {
  return stderr.isTTY && env['TERM'] !== 'dumb' && !env['CI'];
}

function isOpenHttp(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}
