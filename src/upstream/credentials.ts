import { fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import { customEndpoint } from './customEndpoint.js';
import type { Administrator } from '../membership.js';

/** A long-lived key pair, used instead of the SDK's default chain. */
export interface KeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The credentials that the SDK signs requests with. */
interface Credentials extends KeyPair {
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** Called by the SDK before every request; shared by all clients of one administrator. */
export type CredentialProvider = () => Promise<Credentials>;

/** How credentials are obtained. */
export interface CredentialSources {
  /** Null: the SDK's default chain (environment, files, SSO, container, instance). */
  readonly credentials: KeyPair | null;
  /** Base URL of STS; null: the SDK's own rules. */
  readonly endpoint: string | null;
  readonly requestHandler: NodeHttpHandler;
}

/** No credentials were available, so nothing was sent to the service. `cause` says why. */
export class CredentialFailure extends Error {
  override readonly name = 'CredentialFailure';
}

/** The actor that CloudTrail shows. 2 to 64 characters of `[\w+=,.@-]` (UPSTREAMS.md, "What the SDK does"). */
export const ROLE_SESSION_NAME = 'membership-gateway';

/** Credentials are renewed this long before they expire, in milliseconds, as the SDK does. */
export const REFRESH_BEFORE_MS = 5 * 60_000;

/**
 * The credentials of an administrator: the ambient ones, or those of its role. AssumeRole goes to STS in the first region
 * of the administrator, since STS refuses all requests in a region that the account has not enabled.
 */
export function credentialsOf(administrator: Administrator, sources: CredentialSources): CredentialProvider {
  const { credentials, endpoint, requestHandler } = sources;
  const { roleArn, externalId, regions } = administrator;
  if (roleArn === null) {
    return shared(ambient(credentials));
  }
  const region = regions[0];
  const assume = fromTemporaryCredentials({
    params: {
      RoleArn: roleArn,
      RoleSessionName: ROLE_SESSION_NAME,
      ...(externalId === null ? {} : { ExternalId: externalId }),
    },
    ...(credentials === null ? {} : { masterCredentials: { ...credentials } }),
    clientConfig: {
      requestHandler,
      ...customEndpoint(endpoint),
      ...(region === undefined ? {} : { region }),
    },
  });
  return shared(() => assume());
}

/** The credentials of the process itself. */
export function ambient(credentials: KeyPair | null): CredentialProvider {
  if (credentials !== null) {
    return async () => credentials;
  }
  const chain = fromNodeProviderChain();
  return () => chain();
}

/**
 * A provider that gives all callers the same credentials, and renews them once before they expire. A failure is not
 * cached: the next call tries again.
 */
export function shared(provide: CredentialProvider, now: () => number = Date.now): CredentialProvider {
  let current: { readonly credentials: Promise<Credentials>; expiresAt: number } | null = null;
  return () => {
    if (current !== null && current.expiresAt - now() > REFRESH_BEFORE_MS) {
      return current.credentials;
    }
    const renewed = { credentials: obtain(provide), expiresAt: Number.POSITIVE_INFINITY };
    current = renewed;
    renewed.credentials.then(
      ({ expiration }) => {
        if (expiration !== undefined) {
          renewed.expiresAt = expiration.getTime();
        }
      },
      () => {
        if (current === renewed) {
          current = null;
        }
      },
    );
    return renewed.credentials;
  };
}

async function obtain(provide: CredentialProvider): Promise<Credentials> {
  try {
    return await provide();
  } catch (cause) {
    throw new CredentialFailure('No credentials could be had.', { cause });
  }
}
