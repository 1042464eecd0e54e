import { GatewayError } from '../../errors.js';
import { LOCAL_CALLER, type Caller, type Origin } from '../../membership.js';
import type { IdentityProvider } from '../../ports/identity.js';
import type { TokenStore } from '../../ports/tokens.js';
import { hashSecret, isSecretShaped } from './tokenSecret.js';

/** Longest credential looked at, in characters: identity providers stay below the 8 KiB that proxies take. */
const BEARER_MAX_LENGTH = 8_192;

/** Who asks, and how long its credential is good. */
export interface Authenticated {
  readonly caller: Caller;
  /** When it ends by itself; null when it does not. */
  readonly expiresAt: Date | null;
}

/**
 * Who asks, by the Authorization header of a request; null when there is none and one is wanted. Rejects with
 * `UNAUTHENTICATED` for one that is not good.
 */
export type Authenticate = (
  authorization: string | null,
  origin: Omit<Origin, 'tokenId'>,
) => Promise<Authenticated | null>;

/** @param providers the kinds of credential that are taken; null lets everybody in as the local caller. */
export function createAuthenticate(providers: readonly IdentityProvider[] | null): Authenticate {
  return async (authorization, origin) => {
    if (providers === null) {
      return { caller: { ...LOCAL_CALLER, origin: { ...origin, tokenId: null } }, expiresAt: null };
    }
    if (authorization === null) {
      return null;
    }
    const bearer = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
    if (bearer === undefined || bearer.length > BEARER_MAX_LENGTH) {
      throw notGood();
    }
    const provider = providers.find((one) => one.recognises(bearer));
    if (provider === undefined) {
      throw notGood();
    }
    const { tokenId, expiresAt, ...identity } = await provider.identify(bearer);
    return { caller: { ...identity, origin: { ...origin, tokenId } }, expiresAt };
  };
}

/** API tokens as credentials. */
export function createTokenIdentity(store: Pick<TokenStore, 'use'>): IdentityProvider {
  return {
    recognises: isSecretShaped,
    async identify(bearer) {
      const token = await store.use(hashSecret(bearer));
      if (token === null) {
        throw new GatewayError('UNAUTHENTICATED', 'the token is unknown, expired or revoked');
      }
      const { id, name, role, administrators, expiresAt } = token;
      return { id: name, kind: 'TOKEN', role, administrators, tokenId: id, expiresAt };
    },
  };
}

function notGood(): GatewayError {
  return new GatewayError(
    'UNAUTHENTICATED',
    'expected the Authorization header to be Bearer and a token of a kind that is taken here',
  );
}
