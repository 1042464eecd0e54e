import { readFile } from 'node:fs/promises';
import { usageError } from '../faults.js';
import { type Environment, type Profile, profilesFile, readProfiles } from './profiles.js';

/** Which gateway, with which credential. */
export interface Settings {
  /** The address without `/graphql` and without a slash at its end. */
  readonly url: string;
  /** Undefined: the gateway is asked without one. */
  readonly token: string | undefined;
  /** Where the address came from, such as `MGW_URL`. */
  readonly urlSource: string;
  /** Where the token came from; null without one. */
  readonly tokenSource: string | null;
  /** The name of the profile that the token came from; null if it came from elsewhere. */
  readonly tokenProfile: string | null;
}

/** The flags that choose the gateway. */
export interface SettingFlags {
  readonly url?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly profile?: string;
}

interface Sourced {
  readonly value: string;
  readonly source: string;
}

interface SourcedProfile extends Profile {
  readonly name: string;
  readonly source: string;
}

/** The gateway of `npm start` on this machine. */
const LOCAL_URL = 'http://127.0.0.1:4000';

/**
 * Chooses the gateway and the token: flags first, then the variables, then the profile. The token of a profile goes to
 * the address of that profile and to no other.
 */
export async function readSettings(flags: SettingFlags, env: Environment): Promise<Settings> {
  const profile = await chosenProfile(flags, env);
  const url = chosenUrl(flags, env, profile);
  const address = checkUrl(url);
  const profileToken =
    profile?.token !== undefined && address === checkUrl({ value: profile.url, source: profile.source })
      ? { value: profile.token, source: profile.source }
      : null;
  const token = await chosenToken(flags, env, profileToken);
  return {
    url: address,
    token: token === null ? undefined : checkToken(token),
    urlSource: url.source,
    tokenSource: token?.source ?? null,
    tokenProfile: token !== null && token === profileToken ? (profile?.name ?? null) : null,
  };
}

function chosenUrl(flags: SettingFlags, env: Environment, profile: SourcedProfile | null): Sourced {
  if (flags.url !== undefined) {
    return { value: flags.url, source: '--url' };
  }
  if (flags.profile === undefined && env['MGW_URL']) {
    return { value: env['MGW_URL'], source: 'MGW_URL' };
  }
  return profile === null
    ? { value: LOCAL_URL, source: 'the default' }
    : { value: profile.url, source: profile.source };
}

async function chosenProfile(flags: SettingFlags, env: Environment): Promise<SourcedProfile | null> {
  const wanted = flags.profile ?? (env['MGW_PROFILE'] || undefined);
  const profiles = await readProfiles(env);
  const name = wanted ?? 'default';
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile === undefined && wanted !== undefined) {
    const known = Object.keys(profiles).join(', ') || 'none';
    throw usageError(
      `--profile: expected one of ${profilesFile(env)} (${known}), got ${JSON.stringify(name)}`,
    );
  }
  return profile === undefined ? null : { ...profile, name, source: `profile ${name}` };
}

async function chosenToken(
  flags: SettingFlags,
  env: Environment,
  profileToken: Sourced | null,
): Promise<Sourced | null> {
  if (flags.token !== undefined) {
    return { value: flags.token, source: '--token' };
  }
  if (flags.tokenFile !== undefined) {
    try {
      return { value: await readFile(flags.tokenFile, 'utf8'), source: '--token-file' };
    } catch (error) {
      throw usageError(`--token-file: ${(error as Error).message}`);
    }
  }
  const variable = env['MGW_TOKEN'] ? { value: env['MGW_TOKEN'], source: 'MGW_TOKEN' } : null;
  return flags.profile === undefined ? (variable ?? profileToken) : (profileToken ?? variable);
}

function checkUrl({ value, source }: Sourced): string {
  const url = URL.parse(value.trim());
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw usageError(
      `${source}: expected an address such as https://gateway.example.com, got ${JSON.stringify(value)}`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw usageError(`${source}: expected no user name or password in the address; use MGW_TOKEN`);
  }
  url.search = '';
  url.hash = '';
  const path = url.pathname.split('/').filter((part) => part !== '');
  if (path.at(-1) === 'graphql') {
    path.pop();
  }
  return [url.origin, ...path].join('/');
}

/** A token is sent in a header; the message does not show it. */
function checkToken({ value, source }: Sourced): string {
  const token = value.trim();
  if (!/^[!-~]+$/.test(token)) {
    throw usageError(
      `${source}: expected a token of printable ASCII characters without spaces, got other characters`,
    );
  }
  return token;
}
