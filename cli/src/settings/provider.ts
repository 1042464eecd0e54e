import * as oauth from 'oauth4webapi';
import { CommandError, EXIT } from '../faults.js';
import type { Login, Profile } from './profiles.js';

/** An identity provider, and this command as its client. */
export interface Provider {
  readonly server: oauth.AuthorizationServer;
  readonly client: oauth.Client;
  readonly options: ReturnType<typeof optionsFor>;
}

/** The part of a profile that the issuer gave. */
export type Grant = Required<Pick<Profile, 'token'>> & Pick<Profile, 'refreshToken' | 'expiresAt'>;

/** Reads the configuration of the issuer of a login. */
export async function discover({ issuer, clientId }: Login, signal: AbortSignal): Promise<Provider> {
  const url = new URL(issuer);
  const options = optionsFor(url, signal);
  const response = await oauth.discoveryRequest(url, options);
  const server = await oauth.processDiscoveryResponse(url, response);
  return { server, client: { client_id: clientId }, options };
}

/** `mgw login` allows http on this machine alone. */
function optionsFor({ protocol }: URL, signal: AbortSignal) {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- It is marked so to stand out.
  return { signal, [oauth.allowInsecureRequests]: protocol === 'http:' };
}

export function grantOf(answer: oauth.TokenEndpointResponse): Grant {
  const { access_token: token, refresh_token: refreshToken, expires_in: seconds } = answer;
  return {
    token,
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(seconds === undefined ? {} : { expiresAt: new Date(Date.now() + seconds * 1_000).toISOString() }),
  };
}

/** What stands for a failure of the issuer. */
export function refused(issuer: string, error: unknown): CommandError {
  if (error instanceof oauth.ResponseBodyError) {
    return new CommandError(EXIT.refused, [`${issuer} refused: ${error.error_description ?? error.error}`]);
  }
  const { message, cause } = error as Error;
  const reason = cause instanceof Error ? `${message}: ${cause.message}` : message;
  return new CommandError(EXIT.unreachable, [`${issuer}: ${reason}`], { cause: error });
}
