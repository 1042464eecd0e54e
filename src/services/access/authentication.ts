import { GatewayError } from '../../errors.js';
import { LOCAL_CALLER, type Caller, type Origin } from '../../membership.js';
import type { IdentityProvider } from '../../ports/identity.js';
import type { TokenStore } from '../../ports/tokens.js';
import { tokenNodeId } from '../input/nodeId.js';
import { createRefusals } from './refusals.js';
import { createTokenLookUps } from './tokenLookUps.js';
import { hashSecret, isSecretShaped } from './tokenSecret.js';

/** Longest Authorization header, in characters: tokens of identity providers fit in the 8 KiB that proxies allow for headers. */
const MAX_HEADER_LENGTH = 8_192;

/** A caller and the expiry of its credential. */
export interface Authenticated {
  readonly caller: Caller;
  /** Null: the credential does not expire. */
  readonly expiresAt: Date | null;
}

/**
 * Resolves with the caller that the Authorization header names; null when the header is missing and authentication is on.
 * Rejects with `UNAUTHENTICATED` for an invalid credential.
 */
export type Authenticate = (
  authorization: string | null,
  origin: Omit<Origin, 'tokenId'>,
) => Promise<Authenticated | null>;

/** @param providers one for each accepted kind of credential; null: authentication is off, and every caller is LOCAL_CALLER. */
export function createAuthenticate(providers: readonly IdentityProvider[] | null): Authenticate {
  const refusals = createRefusals();
  return async (authorization, origin) => {
    if (providers === null) {
      return { caller: { ...LOCAL_CALLER, origin: { ...origin, tokenId: null } }, expiresAt: null };
    }
    if (authorization === null) {
      return null;
    }
    const bearer = bearerOf(authorization);
    const provider = providers.find((candidate) => candidate.recognises(bearer));
    if (provider === undefined) {
      throw badHeader();
    }
    const refusal = refusals.find(bearer);
    if (refusal !== undefined) {
      throw refusal;
    }
    const { tokenId, expiresAt, ...identity } = await provider.identify(bearer).catch((error: unknown) => {
      if (error instanceof GatewayError && error.code === 'UNAUTHENTICATED') {
        refusals.add(bearer, error);
      }
      throw error;
    });
    return { caller: { ...identity, origin: { ...origin, tokenId } }, expiresAt };
  };
}

/** The identity provider of API tokens. Each token is a caller of its own. */
export function createTokenIdentity(store: Pick<TokenStore, 'use'>): IdentityProvider {
  const lookUp = createTokenLookUps(store);
  return {
    recognises: isSecretShaped,
    async identify(bearer) {
      const token = await lookUp(hashSecret(bearer));
      if (token === null) {
        throw new GatewayError('UNAUTHENTICATED', 'the token is unknown, expired or revoked');
      }
      const { id, name, role, administrators, expiresAt } = token;
      return { id: tokenNodeId(id), name, kind: 'TOKEN', role, administrators, tokenId: id, expiresAt };
    },
  };
}

/** @throws GatewayError UNAUTHENTICATED when the header has no bearer token, or one that is too long. */
function bearerOf(authorization: string): string {
  const bearer =
    authorization.length > MAX_HEADER_LENGTH ? undefined : /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (bearer === undefined) {
    throw badHeader();
  }
  return bearer;
}

function badHeader(): GatewayError {
  return new GatewayError(
    'UNAUTHENTICATED',
    'expected the Authorization header to be Bearer and a token of a kind that this gateway accepts',
  );
}
