import * as oauth from 'oauth4webapi';
import { CommandError, EXIT } from '../faults.js';
import type { Login } from './profiles.js';
import { discover, type Grant, grantOf, refused } from './provider.js';

/**
 * The next token of a login. An issuer may exchange the refresh token too; without a new one the old one stays.
 *
 * @throws CommandError `refused` if the issuer refuses, `unreachable` if it does not answer.
 */
export async function renewToken(
  profile: string,
  login: Login,
  refreshToken: string,
  signal: AbortSignal,
): Promise<Grant> {
  try {
    const { server, client, options } = await discover(login, signal);
    const answer = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refreshToken, options);
    return { refreshToken, ...grantOf(await oauth.processRefreshTokenResponse(server, client, answer)) };
  } catch (error) {
    signal.throwIfAborted();
    const { status, lines } = refused(login.issuer, error);
    const hint = status === EXIT.refused ? [`sign in again: mgw login --profile ${profile}`] : [];
    throw new CommandError(status, [...lines, ...hint], { cause: error });
  }
}
