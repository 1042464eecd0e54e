import { fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Administrator } from '../membership.js';

/** A long-lived key pair, for where the SDK's own search for credentials is not wanted. */
export interface KeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What the SDK signs with. */
interface Credentials extends KeyPair {
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** Asked by the SDK before every call; shared by all clients of one administrator. */
export type CredentialProvider = () => Promise<Credentials>;

/** What a provider needs to reach STS. */
export interface CredentialSources {
  /** Null: the SDK's default chain (environment, files, SSO, container, instance). */
  readonly credentials: KeyPair | null;
  /** Base URL of STS; null: the SDK's own rules. */
  readonly endpoint: string | null;
  readonly requestHandler: NodeHttpHandler;
}

/** No credentials could be had, so that nothing was sent to the service. `cause` says why. */
export class CredentialFailure extends Error {
  override readonly name = 'CredentialFailure';
}

/** Shown in CloudTrail as who acted. 2 to 64 of `[\w+=,.@-]` (UPSTREAMS.md, "What the SDK does"). */
export const ROLE_SESSION_NAME = 'membership-gateway';

/** Credentials this close to their end, in milliseconds, are replaced; the SDK asks for new ones as early. */
export const REFRESH_BEFORE_MS = 5 * 60_000;

/**
 * The credentials of an administrator: the ambient ones, or those of its role. STS is asked in the administrator's
 * first region, since the endpoint of a region that is off refuses everybody.
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
      ...(endpoint === null ? {} : { endpoint }),
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
 * One set of credentials for every client that asks, renewed before it ends, however many ask at the same moment. A
 * failure is not kept: the next call tries again.
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
