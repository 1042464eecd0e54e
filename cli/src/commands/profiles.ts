import type { CommonFlags, Surroundings } from '../context.js';
import { createCommandOutput } from '../context.js';
import { EXIT, type ExitStatus } from '../faults.js';
import { profilesFile, readProfiles, writeProfile } from '../settings/profiles.js';
import { readSettings } from '../settings/settings.js';

/** `mgw profile set`: stores the address and the token of a gateway, from the same settings as other commands have. */
export async function setProfile(
  name: string,
  flags: CommonFlags,
  surroundings: Surroundings,
): Promise<ExitStatus> {
  const { env } = surroundings;
  const { url, token } = await readSettings(flags, env);
  await writeProfile(env, name, token === undefined ? { url } : { url, token });
  createCommandOutput(flags, surroundings).note(`profile ${name} is in ${profilesFile(env)}`);
  return EXIT.done;
}

/** `mgw profile list`: the profiles, without their tokens. */
export async function listProfiles(flags: CommonFlags, surroundings: Surroundings): Promise<ExitStatus> {
  const profiles = Object.entries(await readProfiles(surroundings.env));
  await createCommandOutput(flags, surroundings).list({
    type: 'profile',
    columns: [
      { name: 'name', of: (row) => row.name },
      { name: 'url', of: (row) => row.url },
      { name: 'token', of: (row) => (row.hasToken ? 'yes' : 'no') },
    ],
    rows: profiles.map(([name, { url, token }]) => ({ name, url, hasToken: token !== undefined })),
  });
  return EXIT.done;
}
