import type { NodeHttpHandler } from '@smithy/node-http-handler';

/** A long-lived key pair, used instead of the SDK's default chain. */
export interface KeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The credentials that the SDK signs requests with. */
export interface Credentials extends KeyPair {
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** How credentials are obtained. */
export interface CredentialSources {
  /** Null: the SDK's default chain (environment, files, SSO, web identity, container, instance). */
  readonly credentials: KeyPair | null;
  /** Base URL of STS; null: the SDK's own rules. */
  readonly endpoint: string | null;
  readonly requestHandler: NodeHttpHandler;
  /** The region in which web identity asks STS first (AWS_REGION); null: the first configured one. */
  readonly region: string | null;
  /** Whether STS must name the account of an administrator's credentials before they are used. */
  readonly checkAccounts: boolean;
  /** Longest time to get credentials, in milliseconds; by default 10 seconds. */
  readonly limitMs?: number | undefined;
}
