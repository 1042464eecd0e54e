import { type Environment, type Profile, readProfiles, writeProfile } from './profiles.js';
import type { Settings } from './settings.js';

/** A token that ends sooner than this is exchanged: a request may wait as long for its answer. */
const MARGIN_MS = 60_000;

/**
 * A function that returns the token to send now; an empty text without one. A token that `mgw login` put into a profile is exchanged
 * by its refresh token when it is about to end, in the profile too.
 */
export function createTokenSource(
  { token = '', tokenProfile }: Settings,
  env: Environment,
  signal: AbortSignal,
): () => Promise<string> {
  if (tokenProfile === null) {
    return () => Promise.resolve(token);
  }
  let current: Promise<Profile | undefined> = Promise.resolve(undefined);
  return async () => {
    // One after another: several requests that need a new token share it.
    current = current.then((profile) =>
      profile === undefined || isEnding(profile) ? freshProfile(tokenProfile, env, signal) : profile,
    );
    return (await current)?.token ?? token;
  };
}

/** The profile as it is in the file, where another mgw may have renewed it; else renewed now. */
async function freshProfile(
  name: string,
  env: Environment,
  signal: AbortSignal,
): Promise<Profile | undefined> {
  const profile = (await readProfiles(env))[name];
  if (profile?.login === undefined || profile.refreshToken === undefined || !isEnding(profile)) {
    return profile;
  }
  const { renewToken } = await import('./renewToken.js');
  try {
    const grant = await renewToken(name, profile.login, profile.refreshToken, signal);
    const { expiresAt: _, ...kept } = profile;
    const renewed = { ...kept, ...grant };
    await writeProfile(env, name, renewed);
    return renewed;
  } catch (error) {
    // Another mgw was faster, and the issuer takes a refresh token once.
    const later = (await readProfiles(env))[name];
    if (later?.refreshToken !== undefined && later.refreshToken !== profile.refreshToken) {
      return later;
    }
    throw error;
  }
}

function isEnding({ expiresAt, refreshToken }: Profile): boolean {
  return (
    refreshToken !== undefined && expiresAt !== undefined && Date.parse(expiresAt) - Date.now() < MARGIN_MS
  );
}
