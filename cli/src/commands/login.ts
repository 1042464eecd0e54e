import { setTimeout as sleep } from 'node:timers/promises';
import * as oauth from 'oauth4webapi';
import { type CommonFlags, createCommandOutput, type Surroundings } from '../context.js';
import { CommandError, EXIT, type ExitStatus, usageError } from '../faults.js';
import type { Output } from '../output/output.js';
import { type Login, profilesFile, readProfiles, writeProfile } from '../settings/profiles.js';
import { discover, grantOf, type Provider, type Grant, refused } from '../settings/provider.js';
import { readSettings } from '../settings/settings.js';

/** The flags of login. Those of the issuer are kept in the profile, for the next time. */
export interface LoginFlags extends CommonFlags {
  readonly issuer?: string;
  readonly clientId?: string;
  readonly scope?: string;
  readonly audience?: string;
}

/** Seconds between two questions to an issuer that names none, by RFC 8628. */
const DEFAULT_INTERVAL = 5;

/**
 * `mgw login`: a person signs in on any device with a browser (RFC 8628), and the profile gets the access token, with a refresh
 * token if the issuer gives one. When both have expired, `mgw login` again needs no flags.
 */
export async function login(flags: LoginFlags, surroundings: Surroundings): Promise<ExitStatus> {
  const { env, signal } = surroundings;
  const output = createCommandOutput(flags, surroundings);
  const name = flags.profile ?? (env['MGW_PROFILE'] || 'default');
  const earlier = (await readProfiles(env))[name];
  const known = loginOf(flags, earlier?.login);
  // A profile that does not exist yet cannot be read from.
  const { profile: _, ...others } = flags;
  const { url } =
    earlier === undefined
      ? await readSettings(others, { ...env, MGW_PROFILE: '' })
      : await readSettings(flags, env);
  try {
    const provider = await discover(known, signal);
    const grant = await signIn(provider, known, output);
    await writeProfile(env, name, { url, login: known, ...grant });
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof CommandError ? error : refused(known.issuer, error);
  }
  output.note(`signed in; profile ${name} is in ${profilesFile(env)}`);
  return EXIT.done;
}

function loginOf(flags: LoginFlags, earlier: Login | undefined): Login {
  const { issuer, clientId, audience, scope = 'openid' } = { ...earlier, ...flags };
  if (issuer === undefined || clientId === undefined) {
    throw usageError('expected --issuer and --client-id, as the operator of the gateway names them');
  }
  checkIssuer(issuer);
  return audience === undefined ? { issuer, clientId, scope } : { issuer, clientId, scope, audience };
}

/** Without TLS the token could be read on its way; an issuer on this machine is for trials. */
function checkIssuer(issuer: string): void {
  const url = URL.parse(issuer);
  const isLocal = url !== null && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url === null || (url.protocol !== 'https:' && !isLocal)) {
    throw usageError(`--issuer: expected an https address, got ${JSON.stringify(issuer)}`);
  }
}

/** The tokens, once the person has signed in. */
async function signIn(provider: Provider, { scope, audience }: Login, output: Output): Promise<Grant> {
  const { server, client, options } = provider;
  const parameters = { scope, ...(audience === undefined ? {} : { audience }) };
  const asked = await oauth.deviceAuthorizationRequest(server, client, oauth.None(), parameters, options);
  const device = await oauth.processDeviceAuthorizationResponse(server, client, asked);
  // Signing in needs these lines, so --quiet shows them too.
  output.warn(`open ${device.verification_uri} and enter the code ${device.user_code}`);
  if (device.verification_uri_complete !== undefined) {
    output.warn(`or open ${device.verification_uri_complete}`);
  }
  let interval = device.interval ?? DEFAULT_INTERVAL;
  for (;;) {
    await sleep(interval * 1_000, undefined, { signal: options.signal });
    const granted = await oauth.deviceCodeGrantRequest(
      server,
      client,
      oauth.None(),
      device.device_code,
      options,
    );
    try {
      return grantOf(await oauth.processDeviceCodeResponse(server, client, granted));
    } catch (error) {
      const code = error instanceof oauth.ResponseBodyError ? error.error : '';
      if (code === 'slow_down') {
        interval += DEFAULT_INTERVAL;
      } else if (code !== 'authorization_pending') {
        throw error;
      }
    }
  }
}
