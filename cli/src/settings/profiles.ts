import { chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { usageError } from '../faults.js';

/** A gateway and its credential. */
export interface Profile {
  readonly url: string;
  readonly token?: string;
  /** How a person signed in. */
  readonly login?: Login;
  /** Gets the next token from the issuer of the login. */
  readonly refreshToken?: string;
  /** When the token ends, as ISO 8601. */
  readonly expiresAt?: string;
}

/** An OpenID Connect issuer, and mgw as its client. */
export interface Login {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  readonly audience?: string;
}

/** The variables that say where the files of the command are. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** `profiles.json` in MGW_CONFIG_DIR, else in `mgw` of XDG_CONFIG_HOME, else in ~/.config/mgw. */
export function profilesFile(env: Environment): string {
  return path.join(
    env['MGW_CONFIG_DIR'] || path.join(env['XDG_CONFIG_HOME'] || path.join(homedir(), '.config'), 'mgw'),
    'profiles.json',
  );
}

/**
 * Reads the profiles; none if there is no file.
 *
 * @throws CommandError `usage` if other users may read the file, or if it is not what is expected.
 */
export async function readProfiles(env: Environment): Promise<Readonly<Record<string, Profile>>> {
  const file = profilesFile(env);
  const text = await readPrivateFile(file);
  if (text === null) {
    return {};
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw usageError(`${file}: expected JSON, such as {"production": {"url": "...", "token": "..."}}`);
  }
  const entries = Object.entries(isObject(value) ? value : {});
  const wrong = entries.find(([, profile]) => !isProfile(profile));
  if (!isObject(value) || wrong !== undefined) {
    const name = wrong === undefined ? '' : ` ${JSON.stringify(wrong[0])}`;
    throw usageError(`${file}: expected an object with url, and perhaps token, for each profile${name}`);
  }
  return value as Record<string, Profile>;
}

/** Writes one profile; other users cannot read the file. */
export async function writeProfile(env: Environment, name: string, profile: Profile): Promise<void> {
  const profiles = { ...(await readProfiles(env)), [name]: profile };
  await writePrivateFile(profilesFile(env), `${JSON.stringify(profiles, null, 2)}\n`);
}

/** The text of a file that other users cannot read; null if there is no such file. */
export async function readPrivateFile(file: string): Promise<string | null> {
  try {
    const { mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      const octal = (mode & 0o777).toString(8);
      throw usageError(`${file}: expected mode 600, got ${octal}: other users may read it (chmod 600)`);
    }
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return null;
    }
    throw error;
  }
}

/** Replaces the file as a whole: a reader sees the old text or the new one. */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, text, { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, file);
}

function isProfile(value: unknown): value is Profile {
  return (
    isObject(value) &&
    typeof value['url'] === 'string' &&
    (value['token'] === undefined || typeof value['token'] === 'string')
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
